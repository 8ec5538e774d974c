package dev.persona.agent.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an agent tells the server over {@code WS /agent}, one JSON object per text frame.
 *
 * <p>The server keeps a copy of these records; its {@code src/test/resources/contract} holds both to the same JSON.
 */
@RegisterForReflection
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = AgentMessage.Hello.class, name = "hello"),
    @JsonSubTypes.Type(value = AgentMessage.Report.class, name = "report"),
    @JsonSubTypes.Type(value = AgentMessage.Orders.class, name = "orders"),
    @JsonSubTypes.Type(value = AgentMessage.Acknowledgement.class, name = "acknowledgement")
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface AgentMessage {

    /**
     * The first message of a connection: who this is and what stands on it.
     *
     * @param protocol version of this protocol, 1
     * @param bootId changes with every boot of the host
     * @param tags from the agent's own configuration; values per key
     * @param revisionInForce the decision that the host runs, absent if none
     * @param orders pins and hold as they stand on the agent
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Hello(
            int protocol,
            String instanceId,
            String hostname,
            String agentVersion,
            String bootId,
            Map<String, List<String>> tags,
            @Nullable Long revisionInForce,
            Orders orders)
            implements AgentMessage {}

    /**
     * Measurements of one moment.
     *
     * @param metrics by OpenTelemetry name; finite
     * @param users everyone logged in, absent if not measured
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Report(Instant measuredAt, Map<String, Double> metrics, @Nullable List<UserSession> users)
            implements AgentMessage {}

    /** A user who is logged in, with the groups that the host knows of. */
    record UserSession(String name, List<String> groups) {}

    /**
     * All pins and the hold that stand on the agent; it alone makes them, the server is told.
     *
     * @param hold absent while the instance is not held
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Orders(List<Pin> pins, @Nullable Hold hold) implements AgentMessage {}

    /** A persona made active by hand; {@code until} absent means until unpinned. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Pin(String personaId, String by, String reason, Instant since, @Nullable Instant until) {}

    /** A rollback that holds the instance; {@code until} absent means until resumed. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Hold(String by, String reason, Instant since, @Nullable Instant until) {}

    /**
     * What became of a decision on the host.
     *
     * @param revision the decision tried
     * @param outcome {@code applied}, {@code incomplete} (some parameters are not permitted or not supported here) or
     *     {@code failed} (put back to what was in force)
     * @param revisionInForce the decision that the host runs now, absent if none
     * @param parameters by name: one entry for each parameter of the decision
     * @param drift by name: the parameters in force that something else has changed since; said again when that changes.
     *     The first 100 by name; absent from agents that don't tell it
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Acknowledgement(
            long revision,
            String outcome,
            @Nullable Long revisionInForce,
            Instant at,
            Map<String, ParameterOutcome> parameters,
            @Nullable Map<String, ParameterDrift> drift)
            implements AgentMessage {}

    /**
     * What became of one parameter.
     *
     * @param status {@code applied}, {@code unchanged}, {@code failed}, {@code not_permitted} or {@code not_supported}
     * @param reason for people; absent when it is in force
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ParameterOutcome(String status, @Nullable String reason) {}

    /**
     * How the host differs from a value in force; texts are cut after 200 characters.
     *
     * @param found what the host shows, absent when it has none or can't be read
     * @param reason why it can't be read, absent when it can
     * @param since when the agent first saw it so
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ParameterDrift(String expected, @Nullable String found, @Nullable String reason, Instant since) {}
}
