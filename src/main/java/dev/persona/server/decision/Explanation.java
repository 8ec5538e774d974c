package dev.persona.server.decision;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.persona.server.trigger.Truth;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/**
 * Why each persona that applies to an instance is active or not.
 *
 * @param at the instant that is explained
 * @param decision the decision in force; its conflicts say who won each contested parameter
 * @param staleMetrics the metrics that triggers look at and that are not reported
 * @param personas in order of rank
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record Explanation(
        String instanceId,
        Instant at,
        Decision decision,
        SortedSet<String> staleMetrics,
        List<ExplainedPersona> personas) {

    public Explanation {
        personas = List.copyOf(personas);
    }

    /**
     * One persona.
     *
     * @param active whether it is active by itself; a pin or a hold shows in the decision
     * @param since when it became so
     * @param verdict one sentence: why it is active, or what is missing
     * @param minimumActiveUntil before this it does not end
     * @param cooldownUntil before this it does not begin
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record ExplainedPersona(
            String personaId,
            int priority,
            boolean active,
            Optional<Instant> since,
            String verdict,
            Optional<Instant> minimumActiveUntil,
            Optional<Instant> cooldownUntil,
            List<ExplainedTrigger> activationTriggers,
            List<ExplainedTrigger> deactivationTriggers) {
        public ExplainedPersona {
            activationTriggers = List.copyOf(activationTriggers);
            deactivationTriggers = List.copyOf(deactivationTriggers);
        }
    }

    /**
     * One trigger with all that it contains. What doesn't go with its type is absent.
     *
     * @param type as in the persona's document
     * @param detail one sentence with the facts seen
     * @param value the metric's value
     * @param threshold what would change the truth: {@code value} while false, {@code clear_value} while true
     * @param heldFor how long what would change the truth has gone on without a break
     * @param missing how much longer it must go on
     * @param changesAt when time alone changes the truth next: a window opens or closes, a hold ends, a metric is stale
     * @param lastEvent when it last came true
     * @param user one who is logged in and matches
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record ExplainedTrigger(
            String type,
            Truth truth,
            String detail,
            Optional<Double> value,
            Optional<Double> threshold,
            @JsonFormat(shape = JsonFormat.Shape.STRING) Optional<Duration> heldFor,
            @JsonFormat(shape = JsonFormat.Shape.STRING) Optional<Duration> missing,
            Optional<Instant> changesAt,
            Optional<Instant> lastEvent,
            Optional<String> user,
            List<ExplainedTrigger> triggers) {
        public ExplainedTrigger {
            triggers = List.copyOf(triggers);
        }
    }
}
