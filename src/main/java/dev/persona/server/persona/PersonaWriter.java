package dev.persona.server.persona;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.persona.server.trigger.Trigger;
import dev.persona.server.trigger.TriggerWriter;
import java.util.List;

/**
 * Writes what a persona means as JSON, of which {@link PersonaReader} makes the same persona whatever its default time
 * zone; what its author wrote is another matter.
 */
public final class PersonaWriter {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private PersonaWriter() {}

    public static ObjectNode write(Persona persona) {
        ObjectNode json = JSON.objectNode()
                .put("persona_id", persona.personaId())
                .put("persona_name", persona.personaName())
                .put("description", persona.description());
        persona.personaGroups().forEach(json.putArray("persona_groups")::add);
        json.put("priority", persona.priority()).put("enabled", persona.enabled());
        persona.configurationParameters().forEach(json.putObject("configuration_parameters")::set);
        json.set("activation_triggers", list(persona.activationTriggers()));
        json.set("deactivation_triggers", list(persona.deactivationTriggers()));
        return json.put("minimum_active", persona.minimumActive().toString())
                .put("cooldown", persona.cooldown().toString())
                .put("revision", persona.revision())
                .put("created_at", persona.createdAt().toString())
                .put("updated_at", persona.updatedAt().toString());
    }

    private static ArrayNode list(List<Trigger> triggers) {
        ArrayNode array = JSON.arrayNode();
        triggers.forEach(trigger -> array.add(TriggerWriter.write(trigger)));
        return array;
    }
}
