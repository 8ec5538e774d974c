package dev.persona.server.simulation;

import dev.persona.server.decision.Decision;
import dev.persona.server.decision.Decision.ActivePersona;
import dev.persona.server.decision.Decision.Conflict;
import dev.persona.server.simulation.PersonaSummary.Contest;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Sums up what each persona does, decision by decision, keeping none of them but the last. */
final class Tally {
    /** A switch that comes sooner than this after the one before is a flap. */
    static final Duration FLAPPING = Duration.ofMinutes(10);

    private static final Duration DAY = Duration.ofDays(1);

    private final SortedMap<String, Sums> sums = new TreeMap<>();
    private Optional<Decision> inForce = Optional.empty();
    private Set<String> active = Set.of();

    /** The sums of one persona. */
    private static final class Sums {
        private int activations;
        private int switches;
        private int flaps;
        private Optional<Instant> switched = Optional.empty();
        private Duration activeFor = Duration.ZERO;
        private final SortedMap<String, Contest> contested = new TreeMap<>();

        void turn(Instant at, boolean begun) {
            activations += begun ? 1 : 0;
            switches++;
            if (switched.filter(before -> Duration.between(before, at).compareTo(FLAPPING) < 0)
                    .isPresent()) {
                flaps++;
            }
            switched = Optional.of(at);
        }

        Contest contest(String parameter) {
            return contested.getOrDefault(parameter, Contest.NONE);
        }
    }

    /** Counts a persona from now on. */
    void add(String personaId) {
        sums.computeIfAbsent(personaId, id -> new Sums());
    }

    /** Takes the next decision. */
    void take(Decision decision) {
        elapse(decision.at());
        inForce = Optional.of(decision);
        Set<String> before = active;
        active =
                decision.activePersonas().stream().map(ActivePersona::personaId).collect(Collectors.toSet());
        sums.forEach((id, sum) -> {
            if (before.contains(id) != active.contains(id)) {
                sum.turn(decision.at(), active.contains(id));
            }
        });
    }

    /** What came of it when the story ends. */
    SortedMap<String, PersonaSummary> summary(Instant start, Instant until) {
        elapse(until);
        Duration story = Duration.between(start, until);
        double days = (double) (story.compareTo(DAY) < 0 ? DAY : story).toMillis() / DAY.toMillis();
        SortedMap<String, PersonaSummary> summary = new TreeMap<>();
        sums.forEach((id, sum) -> summary.put(
                id,
                new PersonaSummary(
                        sum.activations,
                        sum.activeFor,
                        Math.round(sum.switches / days * 100) / 100.0,
                        sum.flaps,
                        sum.contested)));
        return summary;
    }

    /** Counts the time for which the decision in force has been. */
    private void elapse(Instant until) {
        inForce.ifPresent(decision -> {
            Duration lasted = Duration.between(decision.at(), until);
            active.forEach(id -> at(id).ifPresent(sum -> sum.activeFor = sum.activeFor.plus(lasted)));
            decision.conflicts().forEach(conflict -> contest(conflict, lasted));
        });
    }

    private void contest(Conflict conflict, Duration lasted) {
        String parameter = conflict.parameter();
        at(conflict.winner())
                .ifPresent(sum ->
                        sum.contested.put(parameter, sum.contest(parameter).won(lasted, conflict.losers())));
        conflict.losers().forEach(loser -> at(loser)
                .ifPresent(sum ->
                        sum.contested.put(parameter, sum.contest(parameter).lost(lasted, conflict.winner()))));
    }

    private Optional<Sums> at(String personaId) {
        return Optional.ofNullable(sums.get(personaId));
    }
}
