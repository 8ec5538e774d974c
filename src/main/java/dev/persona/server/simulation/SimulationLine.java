package dev.persona.server.simulation;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.persona.server.decision.Decision;
import dev.persona.server.platform.ErrorCode;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;

/** One line of a simulation that is told while it runs, except the last, which is a {@link SimulationEnding}. */
@RegisterForReflection
sealed interface SimulationLine {

    /** The decision shows something else than the one before. */
    record Decided(@JsonIgnoreProperties("automatic") Decision decision) implements SimulationLine {}

    /** How far the story is. */
    record Progressed(Progress progress) implements SimulationLine {}

    /** The last line of a simulation that can't be told to its end. */
    record Refused(Refusal problem) implements SimulationLine {}

    /**
     * How far a story is.
     *
     * @param at the instant that was decided last
     * @param fraction of the time from the story's start to its end that lies behind, in hundredths
     */
    record Progress(Instant at, double fraction) {}

    /** What a problem document would say. */
    record Refusal(ErrorCode code, String title, String detail) {}
}
