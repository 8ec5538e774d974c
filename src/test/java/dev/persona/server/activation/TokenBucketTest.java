package dev.persona.server.activation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.persona.server.TurnableClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
    private final TurnableClock clock = new TurnableClock(Instant.parse("2026-03-02T08:00:00Z"));
    private final TokenBucket bucket = new TokenBucket(clock, 2, 3);

    @Test
    void a_burst_is_taken_at_once_and_no_more() {
        assertThat(taken(10)).isEqualTo(3);
    }

    @Test
    void time_fills_it_again_up_to_a_burst() {
        taken(3);

        clock.turn(Duration.ofSeconds(1));
        assertThat(taken(10)).isEqualTo(2);

        clock.turn(Duration.ofHours(1));
        assertThat(taken(10)).isEqualTo(3);
    }

    @Test
    void a_clock_that_is_set_back_neither_fills_nor_breaks_it() {
        taken(3);

        clock.turn(Duration.ofHours(-1));

        assertThat(taken(10)).isZero();
    }

    private int taken(int tries) {
        int taken = 0;
        for (int i = 0; i < tries; i++) {
            taken += bucket.take() ? 1 : 0;
        }
        return taken;
    }
}
