package dev.persona.agent.activation;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/**
 * How one parameter stands after the last transition.
 *
 * @param status {@code applied}, {@code unchanged}, {@code failed}, {@code not_permitted} or {@code not_supported}
 * @param reason for people; absent when it is in force
 * @param wanted the canonical value, absent when the original is wanted
 * @param actual what the host shows, absent when it has none or it was not read
 * @param personaId whose value is wanted, absent when the original is
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ParameterStatus(
        String status,
        @Nullable String reason,
        @Nullable JsonNode wanted,
        @Nullable String actual,
        @Nullable String personaId) {}
