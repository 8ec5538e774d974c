package dev.persona.agent.platform;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands until a test turns it. */
public final class TurnedClock implements InstantSource {
    private Instant now = Instant.parse("2026-03-02T08:00:00Z");

    @Override
    public Instant instant() {
        return now;
    }

    public void turn(Duration by) {
        now = now.plus(by);
    }
}
