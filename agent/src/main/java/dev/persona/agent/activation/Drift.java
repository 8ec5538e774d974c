package dev.persona.agent.activation;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A parameter in force that the host no longer shows: something else changed it.
 *
 * @param actual what the host shows, absent when it has none or can't be read
 * @param reason why it can't be read, absent when it can
 * @param since when this agent first saw it so
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Drift(
        String parameter, JsonNode wanted, @Nullable String actual, @Nullable String reason, Instant since) {}
