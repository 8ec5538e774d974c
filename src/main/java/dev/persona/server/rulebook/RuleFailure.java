package dev.persona.server.rulebook;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.Optional;

/**
 * How a rule document failed.
 *
 * @param at the instant that was decided
 * @param rule absent if all rules of the document are concerned
 */
@RegisterForReflection
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_ABSENT)
record RuleFailure(Instant at, String instanceId, Optional<String> rule, String cause) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .addModules(new Jdk8Module(), new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .build();

    String json() {
        return JSON.valueToTree(this).toString();
    }

    static RuleFailure of(String json) {
        try {
            return JSON.readValue(json, RuleFailure.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a stored failure of rules can't be read", e);
        }
    }
}
