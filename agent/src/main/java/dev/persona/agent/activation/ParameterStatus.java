package dev.persona.agent.activation;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How one parameter stands after the last transition.
 *
 * @param reason for people; absent when it is in force
 * @param wanted the canonical value, absent when the original is wanted
 * @param actual what the host shows, absent when it has none or it was not read
 * @param personaId whose value is wanted, absent when the original is
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ParameterStatus(
        Status status,
        @Nullable String reason,
        @Nullable JsonNode wanted,
        @Nullable String actual,
        @Nullable String personaId) {

    /** How it stands; the protocol's words in lower case. */
    public enum Status {
        /** Changed, and the host shows it. */
        APPLIED,
        /** The host had it already. */
        UNCHANGED,
        /** No longer wanted, and the host has its original again. */
        RESTORED,
        FAILED,
        /** The host's owner doesn't let the agent set it. */
        NOT_PERMITTED,
        /** The host doesn't have it. */
        NOT_SUPPORTED;

        @JsonValue
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Whether it stands so, and for the same reason, as before. */
    boolean isLike(@Nullable ParameterStatus before) {
        return before != null && status == before.status && Objects.equals(reason, before.reason);
    }
}
