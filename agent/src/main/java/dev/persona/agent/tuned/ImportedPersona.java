package dev.persona.agent.tuned;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a profile comes to as a persona.
 *
 * @param profile the profile's name
 * @param parameters by name
 * @param notImported everything else that the profile says, in its order
 */
public record ImportedPersona(
        String profile, String summary, SortedMap<String, JsonNode> parameters, List<NotImported> notImported) {

    private static final int LONGEST_ID = 64;

    public ImportedPersona {
        parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
        notImported = List.copyOf(notImported);
    }

    /** An id that the server takes, drawn from the profile's name. */
    public String personaId() {
        String id = "tuned-" + profile.toLowerCase(Locale.ROOT);
        return id.length() <= LONGEST_ID ? id : id.substring(0, LONGEST_ID);
    }

    /** As the server takes it: priority and groups have to be given, triggers are left to its owner. */
    public String toYaml(String personaId, List<String> groups, int priority) {
        StringBuilder yaml = new StringBuilder();
        yaml.append("# From the TuneD profile `" + profile + "`. Without triggers it is active only while pinned.\n");
        yaml.append("persona_id: " + quoted(personaId) + "\n");
        yaml.append("persona_name: " + quoted(profile) + "\n");
        yaml.append("description: " + quoted(summary) + "\n");
        yaml.append("persona_groups: ["
                + String.join(", ", groups.stream().map(ImportedPersona::quoted).toList()) + "]\n");
        yaml.append("priority: " + priority + "\n");
        yaml.append("configuration_parameters:" + (parameters.isEmpty() ? " {}" : "") + "\n");
        parameters.forEach((name, value) -> yaml.append("  " + quoted(name) + ": " + value + "\n"));
        if (!notImported.isEmpty()) {
            yaml.append("# Not imported:\n");
            notImported.forEach(option ->
                    yaml.append("#   [" + option.section() + "] " + oneLine(option.option() + "=" + option.value())
                            + "\n#       " + oneLine(option.reason()) + "\n"));
        }
        return yaml.toString();
    }

    /** JSON's strings are YAML's. */
    private static String quoted(String text) {
        return text.matches("[a-z][a-z0-9_.-]*") ? text : TextNode.valueOf(text).toString();
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s*\\p{Cntrl}\\s*", " ");
    }

    /** The same as a document, for programs. */
    public Map<String, Object> toDocument(String personaId, List<String> groups, int priority) {
        Map<String, Object> persona = new TreeMap<>();
        persona.put("persona_id", personaId);
        persona.put("persona_name", profile);
        persona.put("description", summary);
        persona.put("persona_groups", groups);
        persona.put("priority", priority);
        persona.put("configuration_parameters", parameters);
        return Map.of("persona", persona, "not_imported", notImported);
    }
}
