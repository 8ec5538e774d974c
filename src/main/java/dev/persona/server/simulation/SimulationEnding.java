package dev.persona.server.simulation;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What can be said of a simulation when it has ended.
 *
 * @param unmet the expectations that were not met
 * @param summary for each persona of the scenario
 * @param trace what was recorded, if the scenario has something that was
 */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record SimulationEnding(List<Unmet> unmet, SortedMap<String, PersonaSummary> summary, Optional<Trace> trace) {

    public SimulationEnding {
        unmet = List.copyOf(unmet);
        summary = Collections.unmodifiableSortedMap(new TreeMap<>(summary));
    }

    /**
     * An expectation that was not met.
     *
     * @param pointer where it stands in the scenario
     */
    public record Unmet(Instant at, String pointer, JsonNode expected, JsonNode actual) {}
}
