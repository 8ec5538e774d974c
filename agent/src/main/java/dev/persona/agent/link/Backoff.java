package dev.persona.agent.link;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Exponential back-off with full jitter: a random wait from zero up to a limit that doubles with each failure, so that a
 * fleet that lost its server doesn't come back all at once.
 *
 * @param initial limit after the first failure, positive
 * @param maximum limit that no doubling exceeds, at least {@code initial}
 */
record Backoff(Duration initial, Duration maximum, RandomGenerator random) {

    Backoff {
        if (initial.isNegative() || initial.isZero() || maximum.compareTo(initial) < 0) {
            throw new IllegalArgumentException("`" + initial + "` must be positive and not above `" + maximum + "`");
        }
    }

    /** @param failures in a row, at least 1 */
    Duration delay(int failures) {
        int doublings = Math.min(failures - 1, Long.numberOfLeadingZeros(initial.toNanos()) - 1);
        long limit = Math.min(maximum.toNanos(), initial.toNanos() << doublings);
        return Duration.ofNanos(random.nextLong(limit + 1));
    }
}
