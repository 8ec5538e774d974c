package dev.persona.server.rule;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * The instant of a decision, as facts ask for it to know their age; it remembers when its answers will change, so that
 * the instance is decided again at just that instant.
 *
 * <p>Ages count from one second on. Two personas that end and begin each other by their ages can therefore keep an
 * instance busy, but never without end at one instant.
 */
public final class Moment {
    private static final double SHORTEST = 1;

    private final Instant at;
    private Optional<Instant> next = Optional.empty();

    public Moment(Instant at) {
        this.at = at;
    }

    /** Whether so many seconds, to the microsecond, have passed since an instant; they have at their very end. */
    boolean hasPassed(Instant since, double seconds) {
        long micros = (long) (Math.max(SHORTEST, seconds) * 1_000_000);
        return hasCome(since.plus(Duration.of(micros, ChronoUnit.MICROS)));
    }

    /** Whether an instant has come. */
    public boolean hasCome(Instant instant) {
        boolean come = !at.isBefore(instant);
        if (!come && next.map(instant::isBefore).orElse(true)) {
            next = Optional.of(instant);
        }
        return come;
    }

    /** The first instant at which an answer will be another. */
    public Optional<Instant> next() {
        return next;
    }
}
