package dev.persona.agent.activation;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.persona.agent.protocol.AgentMessage;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the host runs, what it should run, and what stands between the two.
 *
 * @param revision the last decision received, absent if none
 * @param revisionInForce the decision that the host runs, absent if none
 * @param outcome of the last transition: {@code applied}, {@code incomplete} or {@code failed}; absent before the first
 * @param failedAt the parameter at which the last transition failed, with its reason under {@code parameters}; what is
 *     in force was put back
 * @param at when the last transition ended
 * @param hold absent while the host is not held
 * @param parameters by name
 * @param drift what the last look at the host found changed by others
 * @param corrections what this agent has set again lately, and whether it has given that up
 * @param warnings what an operator should know: an unreadable journal tail, a full disk, another tool at work
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record EnforcementStatus(
        @Nullable Long revision,
        @Nullable Long revisionInForce,
        @Nullable String outcome,
        @Nullable String failedAt,
        @Nullable Instant at,
        List<AgentMessage.Pin> pins,
        AgentMessage.@Nullable Hold hold,
        Map<String, ParameterStatus> parameters,
        List<Drift> drift,
        List<Correction> corrections,
        List<String> warnings) {

    /** With further warnings, of other parts of the agent. */
    public EnforcementStatus withWarnings(List<String> further) {
        return new EnforcementStatus(
                revision,
                revisionInForce,
                outcome,
                failedAt,
                at,
                pins,
                hold,
                parameters,
                drift,
                corrections,
                Stream.concat(warnings.stream(), further.stream()).toList());
    }
}
