package dev.persona.server.simulation;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.persona.server.decision.Decision;
import dev.persona.server.simulation.SimulationEnding.Unmet;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What came of a scenario: its decisions, and all that its {@link SimulationEnding} says.
 *
 * @param decisions the first, and one for each instant at which active personas or configuration changed
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record SimulationAnswer(
        @JsonIgnoreProperties("automatic") List<Decision> decisions,
        List<Unmet> unmet,
        SortedMap<String, PersonaSummary> summary,
        Optional<Trace> trace) {

    public SimulationAnswer {
        decisions = List.copyOf(decisions);
    }

    SimulationAnswer(List<Decision> decisions, SimulationEnding ending) {
        this(decisions, ending.unmet(), ending.summary(), ending.trace());
    }
}
