package dev.persona.server.persona;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A persona as its author wrote it: every value keeps its form ({@code "80%"}, {@code "12GiB"}, {@code 0.80}), and fields
 * that the author left out are there with their defaults.
 */
final class PersonaDocument {
    /** Made by the server, in answers to what was sent only: they speak of a moment, not of the document. */
    static final String WARNINGS = "warnings";

    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .configure(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES, false);

    private PersonaDocument() {}

    /**
     * Completes what an author wrote; passes over fields that personas don't have.
     *
     * @param written a document without faults
     */
    static ObjectNode complete(JsonNode written) {
        ObjectNode document = JSON.createObjectNode();
        String id = written.path("persona_id").asText();
        document.put("persona_id", id);
        document.put("persona_name", id);
        document.put("description", "");
        document.putArray("persona_groups");
        document.put("priority", 0);
        document.put("enabled", true);
        document.putObject("configuration_parameters");
        document.putArray("activation_triggers");
        document.putArray("deactivation_triggers");
        document.put("minimum_active", "PT0S");
        document.put("cooldown", "PT0S");
        for (String field : List.copyOf(fieldNames(document))) {
            if (written.hasNonNull(field)) {
                document.set(field, written.get(field).deepCopy());
            }
        }
        return withGroups(document, groups(document));
    }

    static Set<String> groups(JsonNode document) {
        Set<String> groups = new TreeSet<>();
        document.path("persona_groups").forEach(group -> groups.add(group.asText()));
        return groups;
    }

    static ObjectNode withGroups(ObjectNode document, Set<String> groups) {
        ObjectNode changed = document.deepCopy();
        ArrayNode array = JSON.createArrayNode();
        new TreeSet<>(groups).forEach(array::add);
        changed.set("persona_groups", array);
        return changed;
    }

    /** The text that is stored; groups are stored in rows of their own. */
    static String text(ObjectNode document) {
        return withGroups(document, Set.of()).toString();
    }

    static ObjectNode parse(String text, Set<String> groups) {
        try {
            return withGroups((ObjectNode) JSON.readTree(text), groups);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a stored persona is no JSON", e);
        }
    }

    private static Set<String> fieldNames(ObjectNode document) {
        Set<String> names = new TreeSet<>();
        document.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
