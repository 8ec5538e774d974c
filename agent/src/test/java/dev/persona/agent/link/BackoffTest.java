package dev.persona.agent.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private static final Duration INITIAL = Duration.ofMillis(500);
    private static final Duration MAXIMUM = Duration.ofSeconds(30);

    @Test
    void the_limit_doubles_with_each_failure_up_to_the_maximum() {
        Backoff longest = new Backoff(INITIAL, MAXIMUM, new Highest());

        assertThat(longest.delay(1)).isEqualTo(Duration.ofMillis(500));
        assertThat(longest.delay(2)).isEqualTo(Duration.ofSeconds(1));
        assertThat(longest.delay(6)).isEqualTo(Duration.ofSeconds(16));
        assertThat(longest.delay(7)).isEqualTo(MAXIMUM);
        assertThat(longest.delay(Integer.MAX_VALUE)).isEqualTo(MAXIMUM);
    }

    @Test
    void waits_are_spread_over_the_whole_range_below_the_limit() {
        long seed = 20260302;
        Backoff backoff = new Backoff(INITIAL, MAXIMUM, new SplittableRandom(seed));
        int[] quarters = new int[4];

        for (int i = 0; i < 1_000; i++) {
            Duration delay = backoff.delay(7);
            assertThat(delay).as("seed %d", seed).isBetween(Duration.ZERO, MAXIMUM);
            quarters[(int) Math.min(3, delay.toMillis() * 4 / MAXIMUM.toMillis())]++;
        }

        assertThat(Arrays.stream(quarters).min().orElseThrow())
                .as("seed %d", seed)
                .isGreaterThan(150);
    }

    @Test
    void limits_that_make_no_sense_are_refused() {
        assertThatThrownBy(() -> new Backoff(Duration.ZERO, MAXIMUM, new Highest()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Backoff(MAXIMUM, INITIAL, new Highest()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Always draws the highest number that it may. */
    private static final class Highest implements RandomGenerator {
        @Override
        public long nextLong() {
            return Long.MAX_VALUE;
        }

        @Override
        public long nextLong(long bound) {
            return bound - 1;
        }
    }
}
