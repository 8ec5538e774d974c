package dev.persona.server.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.persona.server.decision.Input;
import dev.persona.server.persona.PersonaReader;
import dev.persona.server.platform.JsonFields;
import dev.persona.server.simulation.Scenario.Happening;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/** Reads what happens at one instant: the entries of a timeline, and the lines of a trace that is written as they are. */
final class EntryReader {
    static final int MAXIMUM_USERS = 1_000;
    static final int MAXIMUM_LENGTH = 255;
    static final int MAXIMUM_GROUPS = 1_000;

    private static final String GROUP_TAG = "persona_group";

    private final PersonaReader personas;

    EntryReader(PersonaReader personas) {
        this.personas = personas;
    }

    /** What an entry says of metrics at one instant. */
    Map<String, Double> sample(JsonFields entry) {
        return sample(metrics(entry, false), 0);
    }

    static Map<String, Double> sample(Map<String, ValueSequence> metrics, int step) {
        Map<String, Double> values = new HashMap<>();
        metrics.forEach((metric, sequence) -> {
            OptionalDouble value = sequence.at(step);
            if (value.isPresent()) {
                values.put(metric, value.getAsDouble());
            }
        });
        return values;
    }

    /**
     * What an entry says of metrics; null is nothing.
     *
     * @param repeated whether there may be several values of a metric
     */
    Map<String, ValueSequence> metrics(JsonFields entry, boolean repeated) {
        Map<String, ValueSequence> metrics = new HashMap<>();
        Optional<JsonFields> object = entry.object("metrics");
        if (object.isEmpty()
                || !entry.check(
                        "metrics",
                        entry.node("metrics").orElseThrow().size() <= Timeline.MAXIMUM_METRICS,
                        "has more than " + Timeline.MAXIMUM_METRICS + " metrics")) {
            return metrics;
        }
        entry.node("metrics").orElseThrow().properties().forEach(field -> object.get()
                .node(field.getKey())
                .flatMap(value -> values(object.get(), field.getKey(), value, repeated))
                .ifPresent(values -> metrics.put(field.getKey(), values)));
        return metrics;
    }

    private static Optional<ValueSequence> values(JsonFields metrics, String metric, JsonNode value, boolean repeated) {
        if (!metrics.check(
                metric, metric.length() <= MAXIMUM_LENGTH, "is longer than " + MAXIMUM_LENGTH + " characters")) {
            return Optional.empty();
        }
        if (value.isNumber() && Double.isFinite(value.doubleValue())) {
            return Optional.of(ValueSequence.of(value.doubleValue()));
        }
        if (!metrics.check(metric, value.isTextual(), "must be a finite number or values such as `0.9x12`")) {
            return Optional.empty();
        }
        try {
            ValueSequence sequence = ValueSequence.parse(value.textValue());
            metrics.check(
                    metric,
                    repeated || sequence.size() == 1,
                    "has several values; say `every` how long they follow one another");
            return Optional.of(sequence);
        } catch (IllegalArgumentException e) {
            metrics.check(metric, false, e.getMessage());
            return Optional.empty();
        }
    }

    /** What else an entry says: events, users, orders, and changes of tags and personas. */
    List<Happening> others(JsonFields entry, Instant at) {
        List<Happening> others = new ArrayList<>();
        Optional<Instant> until = entry.duration("for")
                .filter(time -> entry.check("for", !time.isZero(), "must be longer than PT0S"))
                .map(at::plus);
        String by = entry.text("by", MAXIMUM_LENGTH).orElse("simulation");
        String reason = entry.text("reason", MAXIMUM_LENGTH).orElse("as the scenario says");
        entry.object("event").ifPresent(event -> others.add(new Happening.Observed(event(entry, event))));
        if (entry.node("users").isPresent()) {
            others.add(new Happening.Observed(new Input.Users(users(entry))));
        }
        entry.text("pin", MAXIMUM_LENGTH)
                .ifPresent(id -> others.add(new Happening.Pinned(new Input.Pin(id, by, reason, at, until))));
        entry.text("unpin", MAXIMUM_LENGTH).ifPresent(id -> others.add(new Happening.Unpinned(id)));
        flag(entry, "hold")
                .ifPresent(set -> others.add(new Happening.Held(new Input.Hold(by, reason, at, until), false)));
        flag(entry, "rollback")
                .ifPresent(set -> others.add(new Happening.Held(new Input.Hold(by, reason, at, until), true)));
        flag(entry, "resume").ifPresent(set -> others.add(new Happening.Resumed()));
        if (entry.node("tags").isPresent()) {
            others.add(new Happening.Tagged(groups(entry, "tags")));
        }
        entry.node("save")
                .flatMap(node -> personas.read(node, entry.pointer("save"), entry.faults(), at))
                .ifPresent(persona -> others.add(new Happening.Saved(persona)));
        entry.text("delete", MAXIMUM_LENGTH).ifPresent(id -> others.add(new Happening.Deleted(id)));
        boolean timed = others.stream()
                .anyMatch(happening -> happening instanceof Happening.Pinned || happening instanceof Happening.Held);
        entry.check("for", until.isEmpty() || timed, "goes with `pin`, `hold` and `rollback` only");
        return others;
    }

    /** The persona groups in an object of tags, whose values are strings or lists of them. */
    static Set<String> groups(JsonFields holder, String field) {
        return holder.object(field)
                .flatMap(tags -> tags.node(GROUP_TAG)
                        .map(node -> node.isTextual()
                                ? Set.of(node.textValue())
                                : Set.copyOf(tags.texts(GROUP_TAG, MAXIMUM_GROUPS))))
                .orElse(Set.of());
    }

    private static Optional<Boolean> flag(JsonFields entry, String field) {
        return entry.bool(field).filter(set -> entry.check(field, set, "can only be true; leave it out otherwise"));
    }

    private static Input.Event event(JsonFields entry, JsonFields event) {
        Map<String, String> attributes = new HashMap<>();
        attributes.put("source", "/simulation");
        event.require("type");
        entry.node("event").orElseThrow().properties().forEach(field -> {
            event.node(field.getKey());
            if (!field.getKey().equals("data")
                    && event.check(field.getKey(), field.getValue().isValueNode(), "must be text")) {
                attributes.put(field.getKey(), field.getValue().asText());
            }
        });
        return new Input.Event(attributes, event.node("data").orElse(NullNode.getInstance()));
    }

    private static Set<Input.User> users(JsonFields entry) {
        Set<Input.User> users = new HashSet<>();
        List<JsonNode> elements = entry.elements("users", MAXIMUM_USERS);
        for (int i = 0; i < elements.size(); i++) {
            if (elements.get(i).isTextual()) {
                users.add(new Input.User(elements.get(i).textValue(), Set.of()));
                continue;
            }
            String pointer = JsonFields.child(entry.pointer("users"), Integer.toString(i));
            JsonFields.of(elements.get(i), pointer, entry.faults()).ifPresent(user -> {
                user.require("name");
                Set<String> groups = Set.copyOf(user.texts("groups", MAXIMUM_USERS));
                user.text("name", MAXIMUM_LENGTH).ifPresent(name -> users.add(new Input.User(name, groups)));
                user.refuseUnknown();
            });
        }
        return users;
    }
}
