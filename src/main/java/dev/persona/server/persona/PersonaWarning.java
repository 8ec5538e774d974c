package dev.persona.server.persona;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Something about a persona that its author hardly means, though it can be saved.
 *
 * @param pointer JSON pointer of the place in the persona's document; empty for all of it
 * @param detail one sentence: what is the case and why
 * @param others the other personas that it is about
 * @param witness a story that shows it, as run through the engine: the instant, what is seen, and the scenario to run again
 */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record PersonaWarning(
        Kind kind, String pointer, String detail, List<String> others, Optional<JsonNode> witness) {

    public PersonaWarning {
        others = List.copyOf(others);
    }

    /** What is the case. */
    public enum Kind {
        /** It is in no persona group, so it applies to no instance. */
        APPLIES_NOWHERE,
        /** A threshold is on a metric that no agent reports by itself and that is spelt nearly like one that all do. */
        UNFAMILIAR_METRIC,
        /** A threshold compares a share of 0..1 with a value beyond. */
        VALUE_OUT_OF_RANGE,
        /** No facts make an activation trigger true. */
        NEVER_ACTIVATES,
        /** No facts end it, once it is active. */
        NEVER_DEACTIVATES,
        /** Its deactivation triggers are true whenever its activation triggers are: they hold nothing back. */
        DEACTIVATION_IMPLIED,
        /** Some value of a metric satisfies an activation and a deactivation threshold at once. */
        OVERLAPPING_BAND,
        /** It and another of the same priority can be active at once and disagree on a parameter. */
        UNDECIDED_CONFLICT,
        /** Whenever it is active, others win all of its parameters. */
        ALWAYS_SHADOWED,
        /** It wins all parameters of another, whenever that one is active. */
        ALWAYS_SHADOWS,
        /** There was more to look at than is looked at when a persona is saved. */
        INCOMPLETE;

        @JsonValue
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
