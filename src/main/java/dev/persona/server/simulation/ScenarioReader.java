package dev.persona.server.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.persona.server.decision.Input;
import dev.persona.server.persona.Persona;
import dev.persona.server.persona.PersonaReader;
import dev.persona.server.persona.PersonaSource;
import dev.persona.server.platform.Faults;
import dev.persona.server.platform.JsonFields;
import dev.persona.server.rule.RuleDocument;
import dev.persona.server.rule.RuleSource;
import dev.persona.server.simulation.Scenario.Expectation;
import dev.persona.server.simulation.Scenario.Happening;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads scenarios from JSON, finding all faults at once. */
public final class ScenarioReader {
    static final int MAXIMUM_PERSONAS = 1_000;
    static final int MAXIMUM_ENTRIES = 10_000;
    /** How many happenings a timeline may unfold to. */
    static final int MAXIMUM_HAPPENINGS = 200_000;

    static final int MAXIMUM_METRICS = 500;
    static final int MAXIMUM_USERS = 1_000;
    static final int MAXIMUM_LENGTH = 255;
    static final Duration LONGEST = Duration.ofDays(3_660);
    static final Duration STALE_AFTER = Duration.ofSeconds(30);

    private static final Instant EARLIEST = Instant.parse("1970-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9000-01-01T00:00:00Z");
    private static final String GROUP_TAG = "persona_group";

    private final PersonaReader personas;
    private final PersonaSource stored;
    private final RuleSource rules;

    /**
     * @param stored where {@code persona_ids} are looked up
     * @param rules where {@code rule_names} are looked up
     */
    public ScenarioReader(PersonaReader personas, PersonaSource stored, RuleSource rules) {
        this.personas = personas;
        this.stored = stored;
        this.rules = rules;
    }

    /**
     * @throws dev.persona.server.platform.PolicyException INVALID_DOCUMENT with every fault
     */
    public Scenario read(JsonNode document) {
        Faults faults = new Faults();
        Optional<Scenario> scenario =
                JsonFields.of(document, "", faults).map(fields -> new Reading(fields, faults).scenario());
        faults.throwIfAny("the scenario");
        return scenario.orElseThrow();
    }

    // What is missing or faulty is replaced by something harmless: read() throws then.

    /** The reading of one scenario. */
    private final class Reading {
        private final JsonFields fields;
        private final Faults faults;
        private final SortedMap<Instant, List<Happening>> happenings = new TreeMap<>();
        private final Instant start;
        private int count;

        Reading(JsonFields fields, Faults faults) {
            this.fields = fields;
            this.faults = faults;
            fields.require("start");
            this.start = fields.instant("start")
                    .filter(instant -> fields.check(
                            "start",
                            !instant.isBefore(EARLIEST) && instant.isBefore(LATEST),
                            "must be between the years 1970 and 9000"))
                    .orElse(EARLIEST);
        }

        Scenario scenario() {
            fields.text("description");
            List<Persona> inline = inlinePersonas();
            List<Persona> all = new ArrayList<>(inline);
            all.addAll(storedPersonas());
            Set<String> ids = new HashSet<>();
            all.stream()
                    .filter(persona -> !ids.add(persona.personaId()))
                    .forEach(persona -> faults.add("", "persona `" + persona.personaId() + "` is there twice"));
            Optional<List<RuleDocument>> customRules = new ScenarioRules(fields, faults, rules).read();
            Optional<JsonFields> instance = fields.object("instance");
            String instanceId = instance.flatMap(about -> about.text("instance_id", MAXIMUM_LENGTH))
                    .orElse("simulated");
            Duration staleAfter = instance.flatMap(about -> about.duration("stale_after")
                            .filter(time -> about.check("stale_after", !time.isZero(), "must be longer than PT0S")))
                    .orElse(STALE_AFTER);
            Set<String> groups = instance.map(about -> groups(about, "tags")).orElse(Set.of());
            instance.ifPresent(JsonFields::refuseUnknown);
            Optional<Instant> until = offset(fields, "until").map(start::plus);
            List<JsonNode> timeline = fields.elements("timeline", MAXIMUM_ENTRIES);
            for (int i = 0; i < timeline.size(); i++) {
                entry(timeline.get(i), JsonFields.child("/timeline", Integer.toString(i)), until);
            }
            List<Expectation> expectations = expectations();
            Instant last = happenings.isEmpty() ? start : happenings.lastKey();
            for (Expectation expectation : expectations) {
                last = last.isAfter(expectation.at()) ? last : expectation.at();
            }
            Instant end = until.orElse(last);
            fields.check("until", !end.isBefore(last), "must not be before the last entry or expectation");
            fields.refuseUnknown();
            return new Scenario(instanceId, groups, staleAfter, all, customRules, start, end, happenings, expectations);
        }

        private List<Persona> inlinePersonas() {
            List<Persona> read = new ArrayList<>();
            List<JsonNode> documents = fields.elements("personas", MAXIMUM_PERSONAS);
            for (int i = 0; i < documents.size(); i++) {
                personas.read(documents.get(i), JsonFields.child("/personas", Integer.toString(i)), faults, start)
                        .ifPresent(read::add);
            }
            return read;
        }

        private List<Persona> storedPersonas() {
            List<String> ids = fields.texts("persona_ids", MAXIMUM_PERSONAS);
            if (ids.isEmpty()) {
                return List.of();
            }
            Map<String, Persona> known = new HashMap<>();
            stored.personas().forEach(persona -> known.put(persona.personaId(), persona));
            List<Persona> found = new ArrayList<>();
            for (int i = 0; i < ids.size(); i++) {
                Optional<Persona> persona = Optional.ofNullable(known.get(ids.get(i)));
                if (persona.isEmpty()) {
                    faults.add(
                            JsonFields.child("/persona_ids", Integer.toString(i)),
                            "there is no persona `" + ids.get(i) + "`");
                }
                persona.ifPresent(found::add);
            }
            return found;
        }

        /** The persona groups in an object of tags, whose values are strings or lists of them. */
        private Set<String> groups(JsonFields holder, String field) {
            return holder.object(field)
                    .flatMap(tags -> tags.node(GROUP_TAG)
                            .map(node -> node.isTextual()
                                    ? Set.of(node.textValue())
                                    : Set.copyOf(tags.texts(GROUP_TAG, MAXIMUM_PERSONAS))))
                    .orElse(Set.of());
        }

        private void entry(JsonNode node, String pointer, Optional<Instant> until) {
            JsonFields.of(node, pointer, faults).ifPresent(entry -> {
                entry.require("at");
                Instant at = offset(entry, "at").map(start::plus).orElse(start);
                Optional<Duration> every = entry.duration("every")
                        .filter(time -> entry.check("every", !time.isZero(), "must be longer than PT0S"));
                Map<String, List<OptionalDouble>> metrics = metrics(entry, every.isPresent());
                List<Happening> others = others(entry, at);
                int times = times(entry, at, every, metrics, until);
                entry.refuseUnknown();
                for (int i = 0; i < times; i++) {
                    Instant then = every.isPresent() ? at.plus(every.get().multipliedBy(i)) : at;
                    int step = i;
                    Map<String, Double> values = new HashMap<>();
                    metrics.forEach((metric, sequence) -> {
                        OptionalDouble value = sequence.size() == 1
                                ? sequence.get(0)
                                : step < sequence.size() ? sequence.get(step) : OptionalDouble.empty();
                        value.ifPresent(number -> values.put(metric, number));
                    });
                    if (!values.isEmpty()) {
                        add(then, List.of(new Happening.Observed(new Input.Metrics(values))), entry);
                    }
                    add(then, others, entry);
                }
            });
        }

        private void add(Instant at, List<Happening> what, JsonFields entry) {
            count += what.size();
            if (count > MAXIMUM_HAPPENINGS) {
                if (count - what.size() <= MAXIMUM_HAPPENINGS) {
                    faults.add(
                            entry.pointer(),
                            "makes the timeline longer than " + MAXIMUM_HAPPENINGS + " happenings; shorten it");
                }
                return;
            }
            if (!what.isEmpty()) {
                happenings.computeIfAbsent(at, instant -> new ArrayList<>()).addAll(what);
            }
        }

        /** How often an entry happens: as often as said, as its longest sequence has values, or until the end. */
        private int times(
                JsonFields entry,
                Instant at,
                Optional<Duration> every,
                Map<String, List<OptionalDouble>> metrics,
                Optional<Instant> until) {
            Optional<Integer> times = entry.integer("times", 1, ValueSequence.LIMIT);
            if (every.isEmpty()) {
                entry.check("times", times.isEmpty(), "goes with `every` only");
                return 1;
            }
            int longest = metrics.values().stream().mapToInt(List::size).max().orElse(1);
            if (times.isPresent() || longest > 1) {
                int repeated = times.orElse(longest);
                Duration lasting = every.get().multipliedBy(repeated - 1L);
                return entry.check("every", lasting.compareTo(LONGEST) <= 0, "makes the story longer than " + LONGEST)
                        ? repeated
                        : 1;
            }
            if (!entry.check(
                    "every", until.isPresent(), "needs `times`, values such as `0.9x12`, or the scenario's `until`")) {
                return 1;
            }
            Duration left = Duration.between(at, until.get());
            return left.isNegative() ? 1 : (int) Math.min(MAXIMUM_HAPPENINGS + 1L, left.dividedBy(every.get()) + 1);
        }

        private Map<String, List<OptionalDouble>> metrics(JsonFields entry, boolean repeated) {
            Map<String, List<OptionalDouble>> metrics = new HashMap<>();
            entry.object("metrics").ifPresent(object -> entry.node("metrics")
                    .orElseThrow()
                    .properties()
                    .forEach(field -> {
                        object.node(field.getKey());
                        JsonNode value = field.getValue();
                        if (value.isNumber() && Double.isFinite(value.doubleValue())) {
                            metrics.put(field.getKey(), List.of(OptionalDouble.of(value.doubleValue())));
                        } else if (value.isTextual()) {
                            try {
                                List<OptionalDouble> sequence = ValueSequence.parse(value.textValue());
                                metrics.put(field.getKey(), sequence);
                                object.check(
                                        field.getKey(),
                                        repeated || sequence.size() == 1,
                                        "has several values; say `every` how long they follow one another");
                            } catch (IllegalArgumentException e) {
                                object.check(field.getKey(), false, e.getMessage());
                            }
                        } else {
                            object.check(field.getKey(), false, "must be a finite number or values such as `0.9x12`");
                        }
                    }));
            entry.check("metrics", metrics.size() <= MAXIMUM_METRICS, "has more than " + MAXIMUM_METRICS + " metrics");
            return metrics;
        }

        private List<Happening> others(JsonFields entry, Instant at) {
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
                    .flatMap(node -> personas.read(node, entry.pointer("save"), faults, at))
                    .ifPresent(persona -> others.add(new Happening.Saved(persona)));
            entry.text("delete", MAXIMUM_LENGTH).ifPresent(id -> others.add(new Happening.Deleted(id)));
            boolean timed = others.stream()
                    .anyMatch(
                            happening -> happening instanceof Happening.Pinned || happening instanceof Happening.Held);
            entry.check("for", until.isEmpty() || timed, "goes with `pin`, `hold` and `rollback` only");
            return others;
        }

        private Optional<Boolean> flag(JsonFields entry, String field) {
            return entry.bool(field).filter(set -> entry.check(field, set, "can only be true; leave it out otherwise"));
        }

        private Input.Event event(JsonFields entry, JsonFields event) {
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

        private Set<Input.User> users(JsonFields entry) {
            Set<Input.User> users = new HashSet<>();
            List<JsonNode> elements = entry.elements("users", MAXIMUM_USERS);
            for (int i = 0; i < elements.size(); i++) {
                if (elements.get(i).isTextual()) {
                    users.add(new Input.User(elements.get(i).textValue(), Set.of()));
                    continue;
                }
                String pointer = JsonFields.child(entry.pointer("users"), Integer.toString(i));
                JsonFields.of(elements.get(i), pointer, faults).ifPresent(user -> {
                    user.require("name");
                    Set<String> groups = Set.copyOf(user.texts("groups", MAXIMUM_USERS));
                    user.text("name", MAXIMUM_LENGTH).ifPresent(name -> users.add(new Input.User(name, groups)));
                    user.refuseUnknown();
                });
            }
            return users;
        }

        private List<Expectation> expectations() {
            List<Expectation> expectations = new ArrayList<>();
            List<JsonNode> elements = fields.elements("expect", MAXIMUM_ENTRIES);
            for (int i = 0; i < elements.size(); i++) {
                String pointer = JsonFields.child("/expect", Integer.toString(i));
                JsonFields.of(elements.get(i), pointer, faults).ifPresent(expected -> {
                    expected.require("at");
                    Instant at = offset(expected, "at").map(start::plus).orElse(start);
                    for (Expectation.Subject subject : Expectation.Subject.values()) {
                        String field = subject.name().toLowerCase(Locale.ROOT);
                        expected.node(field)
                                .filter(value -> wellFormed(expected, field, subject))
                                .ifPresent(value ->
                                        expectations.add(new Expectation(at, expected.pointer(field), subject, value)));
                    }
                    expected.refuseUnknown();
                });
            }
            return expectations;
        }

        private boolean wellFormed(JsonFields expected, String field, Expectation.Subject subject) {
            int before = faults.list().size();
            switch (subject) {
                case ACTIVE, STALE -> expected.texts(field, MAXIMUM_ENTRIES);
                case CONFLICTS -> expected.elements(field, MAXIMUM_ENTRIES);
                case HELD -> expected.bool(field);
                case CONFIGURATION, SOURCES, REASONS -> expected.object(field);
                case SINCE ->
                    expected.object(field).ifPresent(since -> expected.node(field)
                            .orElseThrow()
                            .fieldNames()
                            .forEachRemaining(since::duration));
            }
            return faults.list().size() == before;
        }

        /** A time from the start on. */
        private Optional<Duration> offset(JsonFields holder, String field) {
            return holder.duration(field)
                    .filter(time ->
                            holder.check(field, time.compareTo(LONGEST) <= 0, "must not be longer than " + LONGEST));
        }
    }
}
