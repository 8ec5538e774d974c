package dev.persona.agent.loop;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** One thread that takes one turn after another; what goes wrong in a turn is logged and costs that turn only. */
final class Turns {
    private static final Logger LOG = Logger.getLogger(Turns.class);

    private final String name;
    private final ScheduledThreadPoolExecutor thread;

    /** @param name of the thread */
    Turns(String name) {
        this.name = name;
        this.thread = new ScheduledThreadPoolExecutor(1, task -> new Thread(task, name));
        thread.setRemoveOnCancelPolicy(true);
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Takes a turn as soon as those before it are over; never, once stopped. */
    void take(Runnable turn) {
        in(Duration.ZERO, turn);
    }

    /** A turn that can be put off and brought forward. */
    Timer timer(Runnable turn) {
        return new Timer(turn);
    }

    /** Ends once the turns that are due are over, or at the latest after a time; others never come. */
    void stop(Duration patience) {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warnf("stopped in the middle of its work thread=%s", name);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread.shutdownNow();
    }

    private @Nullable ScheduledFuture<?> in(Duration delay, Runnable turn) {
        try {
            return thread.schedule(() -> safely(turn), delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopped) {
            return null;
        }
    }

    private void safely(Runnable turn) {
        try {
            turn.run();
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            LOG.errorf(e, "turn failed, going on thread=%s", name);
        }
    }

    /** At most one turn is due at a time. */
    final class Timer {
        private final Runnable turn;
        private @Nullable ScheduledFuture<?> due;

        private Timer(Runnable turn) {
            this.turn = turn;
        }

        /** Sets the time until the turn, in place of what was set before. */
        synchronized void set(Duration delay) {
            cancel();
            due = in(delay.isNegative() ? Duration.ZERO : delay, turn);
        }

        synchronized void cancel() {
            if (due != null) {
                due.cancel(false);
            }
        }
    }
}
