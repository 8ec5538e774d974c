package dev.persona.agent.activation;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What this agent found before it first changed a parameter, as its journal holds it.
 *
 * @param value absent when there was none, as with a file that did not exist
 * @param bootId the boot of the host in which it was saved
 * @param revision the decision that changed it, 0 for a pin without a decision
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record OriginalValue(String parameter, @Nullable String value, Instant savedAt, String bootId, long revision) {}
