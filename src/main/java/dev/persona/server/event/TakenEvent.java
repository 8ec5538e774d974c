package dev.persona.server.event;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * An event that was accepted: stored, and no duplicate.
 *
 * @param number greater than that of every event taken before
 * @param takenAt when it arrived, later than every event taken before
 * @param attributes CloudEvents context attributes and extensions by name
 * @param data its JSON; the text or the base64 of other content; null if there is none
 */
public record TakenEvent(long number, Instant takenAt, Map<String, String> attributes, JsonNode data) {
    /** The extension attribute that addresses all instances of a persona group. */
    public static final String PERSONA_GROUP = "personagroup";

    public TakenEvent {
        attributes = Map.copyOf(attributes);
    }

    /** The instance that it addresses; absent means that it addresses a group, or all. */
    public Optional<String> instanceId() {
        return Optional.ofNullable(attributes.get("subject"));
    }

    /** The persona group that it addresses, unless it addresses an instance. */
    public Optional<String> personaGroup() {
        return instanceId().isPresent() ? Optional.empty() : Optional.ofNullable(attributes.get(PERSONA_GROUP));
    }
}
