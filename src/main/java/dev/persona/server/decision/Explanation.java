package dev.persona.server.decision;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.persona.server.rule.Consequences;
import dev.persona.server.trigger.Truth;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/**
 * Why each persona that applies to an instance is active or not. Sentences are for people and rounded, all other fields
 * are exact.
 *
 * @param at the instant that is explained
 * @param decision the decision in force
 * @param contested who won each contested parameter, and why; empty while the instance is held
 * @param staleMetrics the metrics that triggers look at and that are not reported
 * @param personas in order of rank
 * @param ruleClaims the parameters that custom rules set, whether they won or not
 * @param note in how far the explanation may not be exact
 */
@RegisterForReflection(
        targets = {
            Explanation.Seen.Metric.class,
            Explanation.Seen.Window.class,
            Explanation.Seen.Event.class,
            Explanation.Seen.User.class,
            Explanation.Seen.Parts.class
        })
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record Explanation(
        String instanceId,
        Instant at,
        Decision decision,
        List<Contest> contested,
        SortedSet<String> staleMetrics,
        List<ExplainedPersona> personas,
        List<Consequences.Claim> ruleClaims,
        Optional<String> note) {

    public Explanation {
        contested = List.copyOf(contested);
        personas = List.copyOf(personas);
        ruleClaims = List.copyOf(ruleClaims);
    }

    Explanation noting(String remark) {
        return new Explanation(
                instanceId, at, decision, contested, staleMetrics, personas, ruleClaims, Optional.of(remark));
    }

    /** A parameter that several claim. */
    public record Contest(String parameter, Claimant winner, List<Loser> losers) {
        public Contest {
            losers = List.copyOf(losers);
        }
    }

    /**
     * One who claims a parameter.
     *
     * @param claimant a persona's id, or {@code rule:NAME}
     * @param value the value that it would give the parameter
     */
    public record Claimant(String claimant, int priority, boolean pinned, JsonNode value) {}

    /**
     * One whose claim is of no effect.
     *
     * @param because one sentence: what ranks the winner above it
     */
    public record Loser(@JsonUnwrapped Claimant claim, String because) {}

    /**
     * One persona.
     *
     * @param active whether it is active by itself; a pin or a hold shows in the decision
     * @param since when it became so
     * @param verdict one sentence: why it is active, or what is missing
     * @param pin the pin that makes it active whatever its triggers say
     * @param requests the custom rules that activate it
     * @param minimumActiveUntil before this it does not end
     * @param cooldownUntil before this it does not begin
     * @param remaining how long {@code minimumActive} or {@code cooldown} goes on
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record ExplainedPersona(
            String personaId,
            int priority,
            boolean active,
            Optional<Instant> since,
            String verdict,
            Optional<Input.Pin> pin,
            List<Consequences.Request> requests,
            Optional<Instant> minimumActiveUntil,
            Optional<Instant> cooldownUntil,
            @JsonFormat(shape = JsonFormat.Shape.STRING) Optional<Duration> remaining,
            List<ExplainedTrigger> activationTriggers,
            List<ExplainedTrigger> deactivationTriggers) {
        public ExplainedPersona {
            requests = List.copyOf(requests);
            activationTriggers = List.copyOf(activationTriggers);
            deactivationTriggers = List.copyOf(deactivationTriggers);
        }
    }

    /**
     * One trigger with all that it contains.
     *
     * @param type as in the persona's document
     * @param detail one sentence with the facts seen
     * @param changesAt when time alone changes the truth next: a window opens or closes, a hold ends, a metric is stale
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record ExplainedTrigger(
            String type,
            Truth truth,
            String detail,
            @JsonUnwrapped Seen seen,
            Optional<Instant> changesAt,
            List<ExplainedTrigger> triggers) {
        public ExplainedTrigger {
            triggers = List.copyOf(triggers);
        }
    }

    /** What a trigger looks at. */
    public sealed interface Seen {

        /**
         * A metric and its threshold.
         *
         * @param value as last reported
         * @param threshold what would change the truth: {@code value} while false, {@code clear_value} while true
         * @param trueSince when it came true; it may be stale since
         * @param heldFor how long what would change the truth has gone on without a break
         * @param missing how much longer it must go on
         */
        @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        record Metric(
                String metric,
                Optional<Double> value,
                Optional<Instant> reportedAt,
                String operator,
                double threshold,
                Optional<Instant> trueSince,
                @JsonFormat(shape = JsonFormat.Shape.STRING) Optional<Duration> heldFor,
                @JsonFormat(shape = JsonFormat.Shape.STRING) Optional<Duration> missing)
                implements Seen {}

        /**
         * A window of time; neither instant is there if it never changes.
         *
         * @param opensAt while it is closed
         * @param closesAt while it is open
         */
        @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        record Window(Optional<Instant> opensAt, Optional<Instant> closesAt) implements Seen {}

        /**
         * Events.
         *
         * @param lastEvent the event by which it last came true
         * @param counted how many count towards {@code at_least} now
         */
        @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        record Event(Optional<MatchingEvent> lastEvent, Optional<Long> counted, Optional<Integer> atLeast)
                implements Seen {}

        /**
         * Users.
         *
         * @param user one who is logged in and matches
         */
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        record User(Optional<String> user) implements Seen {}

        /** Other triggers only. */
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        record Parts() implements Seen {}
    }

    /** An event that matched. */
    public record MatchingEvent(Instant at, String source, String id) {}
}
