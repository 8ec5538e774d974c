package dev.persona.agent.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration NEVER = Duration.ofDays(1);

    private final Turns turns = new Turns("test");
    private final List<String> taken = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() {
        turns.stop(PATIENCE);
    }

    @Test
    void turns_are_taken_in_order_and_a_failing_one_costs_only_itself() {
        turns.take(() -> taken.add("first"));
        turns.take(() -> {
            throw new IllegalStateException("a host that misbehaves");
        });
        turns.take(() -> {
            throw new NoClassDefFoundError("a library that misbehaves");
        });
        turns.take(() -> taken.add("last"));

        turns.stop(PATIENCE);

        assertThat(taken).containsExactly("first", "last");
    }

    @Test
    void a_timer_that_is_set_again_runs_once() throws InterruptedException {
        CountDownLatch ran = new CountDownLatch(1);
        Turns.Timer timer = turns.timer(() -> {
            taken.add("timer");
            ran.countDown();
        });

        timer.set(NEVER);
        timer.set(Duration.ofMillis(-5));
        ran.await();
        turns.stop(PATIENCE);

        assertThat(taken).containsExactly("timer");
    }

    @Test
    void a_timer_that_is_cancelled_does_not_run() {
        CountDownLatch hold = new CountDownLatch(1);
        turns.take(() -> awaitUninterrupted(hold));
        Turns.Timer timer = turns.timer(() -> taken.add("timer"));

        timer.set(Duration.ZERO);
        timer.cancel();
        hold.countDown();
        turns.stop(PATIENCE);

        assertThat(taken).isEmpty();
    }

    @Test
    void stopping_ends_what_is_due_and_drops_what_is_later() {
        CountDownLatch hold = new CountDownLatch(1);
        turns.take(() -> awaitUninterrupted(hold));
        turns.take(() -> taken.add("due"));
        turns.timer(() -> taken.add("later")).set(NEVER);

        hold.countDown();
        turns.stop(PATIENCE);
        turns.take(() -> taken.add("after the end"));

        assertThat(taken).containsExactly("due");
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
