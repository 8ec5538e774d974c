package dev.persona.agent.activation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.persona.agent.protocol.ServerMessage.ActivePersona;
import dev.persona.agent.protocol.ServerMessage.Automatic;
import dev.persona.agent.protocol.ServerMessage.Decision;
import dev.persona.agent.protocol.ServerMessage.PersonaDefinition;
import dev.persona.agent.protocol.ServerMessage.Setting;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Decisions and personas as a server would send them. */
final class Configurations {
    static final Instant AT = Instant.parse("2026-03-02T07:59:00Z");
    private static final ObjectMapper JSON = new ObjectMapper();

    private Configurations() {}

    static Decision decision(long revision, Map<String, ?> configuration) {
        Map<String, Setting> settings = new TreeMap<>();
        configuration.forEach((parameter, value) -> settings.put(parameter, new Setting(json(value), "automatic")));
        List<ActivePersona> active =
                configuration.isEmpty() ? List.of() : List.of(new ActivePersona("automatic", 10, AT, "trigger"));
        return new Decision(revision, AT, active, settings, new Automatic(active, settings));
    }

    static PersonaDefinition persona(String id, int priority, Map<String, ?> configuration) {
        Map<String, JsonNode> values = new TreeMap<>();
        configuration.forEach((parameter, value) -> values.put(parameter, json(value)));
        return new PersonaDefinition(id, id, priority, 1, values);
    }

    static JsonNode json(Object value) {
        return JSON.valueToTree(value);
    }
}
