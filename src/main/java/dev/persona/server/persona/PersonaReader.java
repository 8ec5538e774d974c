package dev.persona.server.persona;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.server.parameter.ParameterCatalogue;
import dev.persona.server.platform.Faults;
import dev.persona.server.platform.JsonFields;
import dev.persona.server.trigger.Trigger;
import dev.persona.server.trigger.TriggerReader;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Reads personas from JSON, finding all faults at once.
 *
 * <p>Only {@code persona_id} must be there. What the server makes itself ({@code revision}, {@code created_at},
 * {@code updated_at}, {@code warnings}) is passed over, so that what was read can be changed and sent back.
 */
@Singleton
public class PersonaReader {
    static final int MAXIMUM_GROUPS = 64;
    static final int MAXIMUM_PARAMETERS = 200;
    static final int MAXIMUM_TRIGGERS = 64;
    static final int LONGEST_NAME = 200;
    static final int LONGEST_DESCRIPTION = 4_000;

    private static final Pattern PERSONA_ID = Pattern.compile("(?!\\.{1,2}$)[a-z0-9._-]{1,64}");
    private static final Pattern GROUP = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1,64}");

    private final ParameterCatalogue catalogue;
    private final TriggerReader triggers;

    @Inject
    public PersonaReader(ParameterCatalogue catalogue, PersonaConfig config) {
        this(catalogue, new TriggerReader(config.defaultZone()));
    }

    public PersonaReader(ParameterCatalogue catalogue, TriggerReader triggers) {
        this.catalogue = catalogue;
        this.triggers = triggers;
    }

    /** Whether a text can be the name of a persona group. */
    static boolean isGroup(String text) {
        return GROUP.matcher(text).matches();
    }

    /**
     * Reads one persona, at revision 1.
     *
     * @param pointer JSON pointer of the node within its document
     * @param createdAt when it is created
     * @return empty if and only if faults were added
     */
    public Optional<Persona> read(JsonNode node, String pointer, Faults faults, Instant createdAt) {
        Faults own = new Faults();
        Optional<Persona> persona = JsonFields.of(node, pointer, own).map(fields -> read(fields, createdAt));
        own.list().forEach(fault -> faults.add(fault.pointer(), fault.detail()));
        return own.isEmpty() ? persona : Optional.empty();
    }

    private Persona read(JsonFields fields, Instant createdAt) {
        fields.require("persona_id");
        String id = fields.text("persona_id")
                .filter(text -> fields.check(
                        "persona_id",
                        PERSONA_ID.matcher(text).matches(),
                        "must be 1-64 of `a-z 0-9 . _ -`, and more than dots"))
                .orElse("");
        String name = fields.text("persona_name", LONGEST_NAME).orElse(id);
        String description = fields.text("description", LONGEST_DESCRIPTION).orElse("");
        SortedSet<String> groups = groups(fields);
        int priority =
                fields.integer("priority", Integer.MIN_VALUE, Integer.MAX_VALUE).orElse(0);
        boolean enabled = fields.bool("enabled").orElse(true);
        SortedMap<String, JsonNode> parameters = parameters(fields);
        List<Trigger> activation = triggers(fields, "activation_triggers");
        List<Trigger> deactivation = triggers(fields, "deactivation_triggers");
        checkThatPulsesEnd(fields, activation);
        Duration minimumActive = fields.duration("minimum_active").orElse(Duration.ZERO);
        Duration cooldown = fields.duration("cooldown").orElse(Duration.ZERO);
        fields.node("revision");
        fields.node("created_at");
        fields.node("updated_at");
        fields.node(PersonaDocument.WARNINGS);
        fields.refuseUnknown();
        return new Persona(
                id,
                name,
                description,
                groups,
                priority,
                enabled,
                parameters,
                activation,
                deactivation,
                minimumActive,
                cooldown,
                1,
                createdAt,
                createdAt);
    }

    private static SortedSet<String> groups(JsonFields fields) {
        List<String> names = fields.texts("persona_groups", MAXIMUM_GROUPS);
        SortedSet<String> groups = new TreeSet<>();
        for (int i = 0; i < names.size(); i++) {
            String place = JsonFields.child(fields.pointer("persona_groups"), Integer.toString(i));
            if (!isGroup(names.get(i))) {
                fields.faults().add(place, "a group must be 1-64 letters, digits and `. _ -`, and more than dots");
            } else if (!groups.add(names.get(i))) {
                fields.faults().add(place, "group `" + names.get(i) + "` is listed twice");
            }
        }
        return groups;
    }

    private SortedMap<String, JsonNode> parameters(JsonFields fields) {
        SortedMap<String, JsonNode> parameters = new TreeMap<>();
        fields.node("configuration_parameters")
                .filter(node -> fields.check("configuration_parameters", node.isObject(), "must be an object"))
                .filter(node -> fields.check(
                        "configuration_parameters",
                        node.size() <= MAXIMUM_PARAMETERS,
                        "has " + node.size() + " parameters; at most " + MAXIMUM_PARAMETERS + " are allowed"))
                .ifPresent(node -> node.properties().forEach(parameter -> {
                    String place = JsonFields.child(fields.pointer("configuration_parameters"), parameter.getKey());
                    catalogue.check(parameter.getKey(), parameter.getValue(), place, fields.faults());
                    parameters.put(parameter.getKey(), parameter.getValue());
                }));
        return parameters;
    }

    private List<Trigger> triggers(JsonFields fields, String field) {
        List<JsonNode> elements = fields.elements(field, MAXIMUM_TRIGGERS);
        List<Trigger> read = new ArrayList<>();
        for (int i = 0; i < elements.size(); i++) {
            String place = JsonFields.child(fields.pointer(field), Integer.toString(i));
            triggers.read(elements.get(i), place, fields.faults()).ifPresent(read::add);
        }
        return read;
    }

    private static void checkThatPulsesEnd(JsonFields fields, List<Trigger> activation) {
        boolean ends = fields.node("deactivation_triggers")
                .filter(node -> !node.isArray() || !node.isEmpty())
                .isPresent();
        if (!ends && activation.stream().anyMatch(PersonaReader::hasPulse)) {
            fields.faults()
                    .add(
                            fields.pointer("activation_triggers"),
                            "an event without `hold` activates, but nothing would ever end it; give the event a `hold`, or"
                                    + " the persona `deactivation_triggers`");
        }
    }

    private static boolean hasPulse(Trigger trigger) {
        if (trigger instanceof Trigger.EventSubscription subscription) {
            return subscription.hold().isEmpty();
        }
        if (trigger instanceof Trigger.All all) {
            return all.triggers().stream().anyMatch(PersonaReader::hasPulse);
        }
        if (trigger instanceof Trigger.Any any) {
            return any.triggers().stream().anyMatch(PersonaReader::hasPulse);
        }
        return trigger instanceof Trigger.Not not && hasPulse(not.trigger());
    }
}
