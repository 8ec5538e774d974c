package dev.persona.agent.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.persona.agent.activation.ActivePersonas;
import dev.persona.agent.activation.ParameterStatus;
import dev.persona.agent.protocol.AgentMessage;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an order has made of the host.
 *
 * @param outcome {@code applied}, or {@code incomplete} (some parameters are not permitted or not supported here)
 * @param hold absent while the host is not held
 * @param parameters by name, those that were to change or to stay, and those that got their original back
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record OrderAnswer(
        String outcome,
        Instant at,
        AgentMessage.@Nullable Hold hold,
        List<ActivePersonas.ActivePersona> activePersonas,
        Map<String, ParameterStatus> parameters) {

    static OrderAnswer of(
            AgentMessage.Acknowledgement acknowledgement,
            ActivePersonas active,
            Map<String, ParameterStatus> parameters) {
        return new OrderAnswer(
                acknowledgement.outcome(), acknowledgement.at(), active.hold(), active.activePersonas(), parameters);
    }
}
