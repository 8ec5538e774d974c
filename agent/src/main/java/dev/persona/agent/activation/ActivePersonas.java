package dev.persona.agent.activation;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.persona.agent.protocol.AgentMessage;
import dev.persona.agent.protocol.ServerMessage;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The personas that the host runs now, and the configuration that they add up to.
 *
 * @param revision the decision in force, absent if none
 * @param hold absent while the host is not held; a held host runs no persona
 * @param activePersonas in order of rank, pins first
 * @param configuration each parameter with the persona whose value it is
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ActivePersonas(
        @Nullable Long revision,
        AgentMessage.@Nullable Hold hold,
        List<ActivePersona> activePersonas,
        Map<String, ServerMessage.Setting> configuration) {

    /**
     * @param source {@code trigger}, {@code pin} or {@code rule}
     * @param until when a pin ends by itself, absent otherwise
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ActivePersona(
            String personaId, int priority, Instant since, String source, @Nullable Instant until) {}
}
