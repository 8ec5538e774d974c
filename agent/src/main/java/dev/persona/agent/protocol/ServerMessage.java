package dev.persona.agent.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the server tells an agent over {@code WS /agent}, one JSON object per text frame.
 *
 * <p>Parameter values are canonical here, so that units are understood in one place only: bytes, bit/s and cores are
 * numbers, {@code max} stays a word.
 */
@RegisterForReflection
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = ServerMessage.Welcome.class, name = "welcome"),
    @JsonSubTypes.Type(value = ServerMessage.Personas.class, name = "personas"),
    @JsonSubTypes.Type(value = ServerMessage.Decision.class, name = "decision"),
    @JsonSubTypes.Type(value = ServerMessage.Refusal.class, name = "refusal")
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface ServerMessage {

    /** Answers a hello. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Welcome(int protocol, String serverVersion, Duration reportInterval) implements ServerMessage {}

    /** Every persona that applies to the instance, so that it can be pinned while the server is away; replaces the last. */
    record Personas(List<PersonaDefinition> personas) implements ServerMessage {}

    /** What the agent must know of a persona. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record PersonaDefinition(
            String personaId,
            String personaName,
            int priority,
            long revision,
            Map<String, JsonNode> configurationParameters) {}

    /**
     * The decision in force; replaces the last.
     *
     * @param activePersonas in order of rank, pins first
     * @param configuration what the instance must run, the agent's own pins and hold included as far as the server
     *     knows them
     * @param automatic what holds without pins and hold; the agent lays its own orders over it
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Decision(
            long revision,
            Instant at,
            List<ActivePersona> activePersonas,
            Map<String, Setting> configuration,
            Automatic automatic)
            implements ServerMessage {}

    /** What holds without pins and hold. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Automatic(List<ActivePersona> activePersonas, Map<String, Setting> configuration) {}

    /** @param source {@code trigger}, {@code pin} or {@code rule} */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record ActivePersona(String personaId, int priority, Instant since, String source) {}

    /** One parameter's value and who set it. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Setting(JsonNode value, String personaId) {}

    /** A message that the server did not take; the connection stays open unless it was the hello. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Refusal(String code, String detail, @Nullable String pointer) implements ServerMessage {}
}
