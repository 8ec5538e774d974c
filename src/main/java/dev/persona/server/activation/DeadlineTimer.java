package dev.persona.server.activation;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jboss.logging.Logger;

/**
 * The one thread that waits for the fleet's next deadline and lets the fleet act on it.
 *
 * <p>It never sleeps longer than {@link #LONGEST_SLEEP}, so that a clock that was set, or a machine that was suspended,
 * is noticed.
 */
final class DeadlineTimer implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(DeadlineTimer.class);
    private static final Duration LONGEST_SLEEP = Duration.ofMillis(500);

    private final Fleet fleet;
    private final InstantSource clock;
    private final Thread thread = new Thread(this::run, "persona-deadlines");
    private final Object monitor = new Object();
    private boolean earlier; // guarded by monitor
    private boolean closed; // guarded by monitor

    DeadlineTimer(Fleet fleet, InstantSource clock) {
        this.fleet = fleet;
        this.clock = clock;
        thread.setDaemon(true);
    }

    void start() {
        fleet.onEarlierDeadline(this::wake);
        thread.start();
    }

    boolean isRunning() {
        return thread.isAlive();
    }

    /** Looks at the next deadline again. */
    private void wake() {
        synchronized (monitor) {
            earlier = true;
            monitor.notifyAll();
        }
    }

    private void run() {
        try {
            while (sleep()) {
                actOnDeadlines();
            }
        } catch (InterruptedException e) {
            LOG.debug("deadline timer interrupted");
        }
    }

    private void actOnDeadlines() {
        try {
            fleet.actOnDeadlines();
        } catch (RuntimeException e) {
            LOG.error("deadlines not acted on, tried again", e);
        }
    }

    /** Waits for the next deadline, or the longest sleep; answers whether to go on. */
    private boolean sleep() throws InterruptedException {
        synchronized (monitor) {
            long millis = millisToNextDeadline();
            if (!closed && !earlier && millis > 0) {
                monitor.wait(millis);
            }
            earlier = false;
            return !closed;
        }
    }

    private long millisToNextDeadline() {
        Instant now = clock.instant();
        Duration sleep = fleet.nextDeadline()
                .map(deadline -> Duration.between(now, deadline))
                .filter(untilDeadline -> untilDeadline.compareTo(LONGEST_SLEEP) < 0)
                .orElse(LONGEST_SLEEP);
        return sleep.isNegative() ? 0 : sleep.plusNanos(999_999).toMillis();
    }

    @Override
    public void close() {
        synchronized (monitor) {
            closed = true;
            monitor.notifyAll();
        }
    }
}
