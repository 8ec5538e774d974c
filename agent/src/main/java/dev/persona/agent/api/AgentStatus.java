package dev.persona.agent.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.persona.agent.activation.EnforcementStatus;
import dev.persona.agent.link.Connection;

/** Who this agent is, how it stands with its server, and how its host stands with the decision. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record AgentStatus(
        String instanceId, String agentVersion, Connection connection, @JsonUnwrapped EnforcementStatus enforcement) {}
