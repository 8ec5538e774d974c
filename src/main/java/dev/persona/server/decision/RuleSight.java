package dev.persona.server.decision;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What custom rules go on with from one decision to the next.
 *
 * <p>They see a change of activations one second late, at that very instant: rules that answer to one another can
 * therefore keep an instance busy, but never without end at one instant.
 *
 * @param due when the rules would say something else by time alone
 * @param active the personas that they see active, and since when those are
 * @param refresh when they are to see the present activations; absent if they do
 */
record RuleSight(Optional<Instant> due, Map<String, Instant> active, Optional<Instant> refresh) {
    static final Duration DELAY = Duration.ofSeconds(1);

    RuleSight {
        active = Map.copyOf(active);
    }

    /** The sight of the present activations. */
    static RuleSight of(Map<String, Tenure> tenures) {
        Map<String, Instant> active = new TreeMap<>();
        tenures.forEach((id, tenure) -> tenure.since().ifPresent(since -> active.put(id, since)));
        return new RuleSight(Optional.empty(), active, Optional.empty());
    }

    boolean isOverAt(Instant at) {
        return refresh.filter(instant -> !at.isBefore(instant)).isPresent();
    }

    RuleSight until(Optional<Instant> nextDue) {
        return new RuleSight(nextDue, active, refresh);
    }

    /** Personas have begun or ended. */
    RuleSight turned(Instant at) {
        return refresh.isPresent() ? this : new RuleSight(due, active, Optional.of(at.plus(DELAY)));
    }

    /** The next instant at which the rules may say something else. */
    Instant next() {
        return Stream.concat(due.stream(), refresh.stream())
                .min(Instant::compareTo)
                .orElse(Instant.MAX);
    }
}
