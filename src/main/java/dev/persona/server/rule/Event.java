package dev.persona.server.rule;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * Fact: an event that arrived at this very instant.
 *
 * @param type the CloudEvents type
 * @param source the CloudEvents source
 * @param attributes all CloudEvents attributes by name
 */
public record Event(String type, String source, Map<String, String> attributes, JsonNode data) {
    public Event {
        attributes = Map.copyOf(attributes);
    }

    /** An attribute's value, empty text if there is none. */
    public String attribute(String name) {
        return attributes.getOrDefault(name, "");
    }

    /** The text at a JSON pointer into the data, empty if there is none. */
    public String text(String pointer) {
        return data.at(pointer).asText("");
    }

    /** The number at a JSON pointer into the data, zero if there is none. */
    public double number(String pointer) {
        double number = data.at(pointer).asDouble(0);
        return Double.isFinite(number) ? number : 0;
    }
}
