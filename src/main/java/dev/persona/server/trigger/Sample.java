package dev.persona.server.trigger;

import java.time.Instant;

/**
 * A metric's value as last reported; it holds in [at, staleAt).
 *
 * @param value finite
 */
public record Sample(double value, Instant at, Instant staleAt) {

    public boolean freshAt(Instant instant) {
        return instant.isBefore(staleAt);
    }
}
