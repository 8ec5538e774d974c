package dev.persona.server.activation;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A rate limit: a burst at once, then so many in a second. Thread-safe. */
public final class TokenBucket {
    private final InstantSource clock;
    private final double perSecond;
    private final double burst;
    private double tokens;
    private Instant filledAt;

    /**
     * @param perSecond positive
     * @param burst 1 or more
     */
    public TokenBucket(InstantSource clock, int perSecond, int burst) {
        this.clock = clock;
        this.perSecond = perSecond;
        this.burst = burst;
        this.tokens = burst;
        this.filledAt = clock.instant();
    }

    /** Takes one, if there is one. */
    public synchronized boolean take() {
        Instant now = clock.instant();
        if (now.isAfter(filledAt)) {
            double seconds = Duration.between(filledAt, now).toNanos() / 1e9;
            tokens = Math.min(burst, tokens + seconds * perSecond);
            filledAt = now;
        }
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }
}
