package dev.persona.server.simulation;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.persona.server.decision.Decision;
import dev.persona.server.decision.Decision.ActivePersona;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What came of a scenario.
 *
 * @param decisions the first, and one for each instant at which active personas or configuration changed
 * @param unmet the expectations that were not met
 * @param summary for each persona of the scenario
 */
public record SimulationAnswer(
        @JsonIgnoreProperties("automatic") List<Decision> decisions,
        List<Unmet> unmet,
        SortedMap<String, PersonaSummary> summary) {

    public SimulationAnswer {
        decisions = List.copyOf(decisions);
        unmet = List.copyOf(unmet);
        summary = Collections.unmodifiableSortedMap(new TreeMap<>(summary));
    }

    /**
     * An expectation that was not met.
     *
     * @param pointer where it stands in the scenario
     */
    public record Unmet(Instant at, String pointer, JsonNode expected, JsonNode actual) {}

    /**
     * What a persona did until the end.
     *
     * @param activations how often it became active
     * @param activeFor how long it was active in all
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record PersonaSummary(int activations, @JsonFormat(shape = JsonFormat.Shape.STRING) Duration activeFor) {
        static final PersonaSummary NONE = new PersonaSummary(0, Duration.ZERO);
    }

    static SimulationAnswer of(List<Decision> decisions, List<Unmet> unmet, SortedSet<String> personas, Instant until) {
        SortedMap<String, PersonaSummary> summary = new TreeMap<>();
        personas.forEach(id -> summary.put(id, PersonaSummary.NONE));
        Set<String> before = Set.of();
        for (int i = 0; i < decisions.size(); i++) {
            Decision decision = decisions.get(i);
            Instant end = i + 1 < decisions.size() ? decisions.get(i + 1).at() : until;
            Duration lasted = Duration.between(decision.at(), end);
            Set<String> active = decision.activePersonas().stream()
                    .map(ActivePersona::personaId)
                    .collect(Collectors.toSet());
            for (String id : active) {
                int begun = before.contains(id) ? 0 : 1;
                summary.computeIfPresent(
                        id,
                        (persona, sum) -> new PersonaSummary(
                                sum.activations() + begun, sum.activeFor().plus(lasted)));
            }
            before = active;
        }
        return new SimulationAnswer(decisions, unmet, summary);
    }
}
