package dev.persona.server.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.server.persona.Persona;
import dev.persona.server.persona.PersonaReader;
import dev.persona.server.persona.PersonaSource;
import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.Faults;
import dev.persona.server.platform.JsonFields;
import dev.persona.server.platform.PolicyException;
import dev.persona.server.platform.Shown;
import dev.persona.server.rule.RuleDocument;
import dev.persona.server.rule.RuleSource;
import dev.persona.server.simulation.Scenario.Expectation;
import dev.persona.server.simulation.Scenario.Happening;
import dev.persona.server.simulation.TraceReader.Place;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads scenarios from JSON, finding all faults at once. */
public final class ScenarioReader {
    static final int MAXIMUM_PERSONAS = 1_000;
    static final int MAXIMUM_ENTRIES = 10_000;
    static final Duration LONGEST = Duration.ofDays(3_660);
    static final Duration STALE_AFTER = Duration.ofSeconds(30);

    static final Instant EARLIEST = Instant.parse("1970-01-01T00:00:00Z");
    static final Instant LATEST = Instant.parse("9000-01-01T00:00:00Z");

    private static final String SIMULATED = "simulated";

    private final PersonaReader personas;
    private final PersonaSource stored;
    private final RuleSource rules;
    private final EntryReader entries;

    /**
     * @param stored where {@code persona_ids} are looked up
     * @param rules where {@code rule_names} are looked up
     */
    public ScenarioReader(PersonaReader personas, PersonaSource stored, RuleSource rules) {
        this.personas = personas;
        this.stored = stored;
        this.rules = rules;
        this.entries = new EntryReader(personas);
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

    /**
     * Reads a trace that stands for itself, as the story of some stored personas.
     *
     * @param format one that is text
     * @param groups of the instance; empty for all groups of the personas
     * @throws PolicyException INVALID_REQUEST if there is no such persona, INVALID_DOCUMENT with every fault of the trace,
     *     TOO_LARGE if it can't be read to its end
     */
    Scenario read(TraceFormat format, InputStream text, List<String> personaIds, Set<String> groups) {
        List<Persona> all = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        Map<String, Persona> known = storedPersonas();
        new LinkedHashSet<>(personaIds)
                .forEach(id -> Optional.ofNullable(known.get(id)).ifPresentOrElse(all::add, () -> unknown.add(id)));
        if (!unknown.isEmpty()) {
            throw new PolicyException(
                    ErrorCode.INVALID_REQUEST,
                    "query parameter `persona_ids` names `" + Shown.text(String.join(", ", unknown))
                            + "`, but there is no such persona");
        }
        Faults faults = new Faults();
        Timeline timeline = new Timeline();
        Optional<Trace> trace = readText(
                format,
                new InputStreamReader(text, StandardCharsets.UTF_8.newDecoder()),
                new TraceReader(timeline, faults, ""));
        faults.throwIfAny("the trace");
        return new Scenario(
                SIMULATED,
                groups.isEmpty()
                        ? all.stream()
                                .flatMap(persona -> persona.personaGroups().stream())
                                .collect(Collectors.toSet())
                        : groups,
                trace.orElseThrow().staleAfter(),
                all,
                Optional.empty(),
                trace.orElseThrow().from(),
                trace.orElseThrow().to(),
                timeline.happenings(),
                List.of(),
                trace);
    }

    private Optional<Trace> readText(TraceFormat format, Reader text, TraceReader trace) {
        try (BufferedReader reader = new BufferedReader(text)) {
            if (format == TraceFormat.CSV) {
                new CsvTrace(trace).read(reader);
            } else {
                new JsonLinesTrace(trace, entries).read(reader);
            }
        } catch (CharacterCodingException e) {
            trace.end(Place.NOWHERE, "the trace isn't encoded in UTF-8");
        } catch (IOException e) {
            throw new PolicyException(
                    ErrorCode.TOO_LARGE,
                    "the trace can't be read to its end: the body is larger than `quarkus.http.limits.max-body-size`, or the"
                            + " connection has ended");
        }
        return trace.trace();
    }

    private Map<String, Persona> storedPersonas() {
        return stored.personas().stream().collect(Collectors.toMap(Persona::personaId, Function.identity()));
    }

    // What is missing or faulty is replaced by something harmless: read() throws then.

    /** The reading of one scenario. */
    private final class Reading {
        private final JsonFields fields;
        private final Faults faults;
        private final Timeline timeline = new Timeline();
        private final Optional<Trace> trace;
        private final Instant start;
        private boolean full;

        Reading(JsonFields fields, Faults faults) {
            this.fields = fields;
            this.faults = faults;
            this.trace = trace();
            if (fields.node("trace").isEmpty()) {
                fields.require("start");
            }
            this.start = fields.instant("start")
                    .filter(instant -> fields.check(
                            "start",
                            !instant.isBefore(EARLIEST) && instant.isBefore(LATEST),
                            "must be between the years 1970 and 9000"))
                    .or(() -> trace.map(Trace::from))
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
            String instanceId = instance.flatMap(about -> about.text("instance_id", EntryReader.MAXIMUM_LENGTH))
                    .orElse(SIMULATED);
            Duration staleAfter = instance.flatMap(about -> about.duration("stale_after")
                            .filter(time -> about.check("stale_after", !time.isZero(), "must be longer than PT0S")))
                    .or(() -> trace.map(Trace::staleAfter))
                    .orElse(STALE_AFTER);
            Set<String> groups =
                    instance.map(about -> EntryReader.groups(about, "tags")).orElse(Set.of());
            instance.ifPresent(JsonFields::refuseUnknown);
            Optional<Instant> until = offset(fields, "until").map(start::plus);
            List<JsonNode> elements = fields.elements("timeline", MAXIMUM_ENTRIES);
            for (int i = 0; i < elements.size(); i++) {
                entry(elements.get(i), JsonFields.child("/timeline", Integer.toString(i)), until);
            }
            List<Expectation> expectations = expectations();
            SortedMap<Instant, List<Happening>> happenings = timeline.happenings();
            Instant first = happenings.isEmpty() ? start : happenings.firstKey();
            fields.check("start", !first.isBefore(start), "must not be after the first instant of the trace");
            Instant last = happenings.isEmpty() ? start : happenings.lastKey();
            for (Expectation expectation : expectations) {
                last = last.isAfter(expectation.at()) ? last : expectation.at();
            }
            Instant end = until.orElse(last);
            fields.check(
                    "until",
                    !end.isBefore(last),
                    "must not be before the last entry, expectation or instant of the trace");
            fields.refuseUnknown();
            return new Scenario(
                    instanceId,
                    groups,
                    staleAfter,
                    all,
                    customRules,
                    start,
                    end,
                    happenings,
                    expectations,
                    trace.map(known -> known.staleAfter(staleAfter)));
        }

        private Optional<Trace> trace() {
            return fields.object("trace").flatMap(written -> {
                written.require("format");
                written.require("data");
                Optional<String> name = written.text("format");
                Optional<TraceFormat> format = name.flatMap(TraceFormat::of);
                name.ifPresent(
                        given -> written.check("format", format.isPresent(), "must be one of " + TraceFormat.NAMES));
                Optional<String> metric = written.text("metric", EntryReader.MAXIMUM_LENGTH);
                Optional<JsonNode> data = written.node("data");
                written.refuseUnknown();
                if (format.isEmpty() || data.isEmpty()) {
                    return Optional.empty();
                }
                TraceReader reader = new TraceReader(timeline, faults, written.pointer("data"));
                if (format.get() == TraceFormat.PROMETHEUS) {
                    new PrometheusTrace(reader, metric).read(data.get());
                    return reader.trace();
                }
                written.check("metric", metric.isEmpty(), "goes with the format `prometheus` only");
                return written.text("data").flatMap(text -> readText(format.get(), new StringReader(text), reader));
            });
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
            Map<String, Persona> known = ids.isEmpty() ? Map.of() : ScenarioReader.this.storedPersonas();
            List<Persona> found = new ArrayList<>();
            for (int i = 0; i < ids.size(); i++) {
                Optional<Persona> persona = Optional.ofNullable(known.get(ids.get(i)));
                if (persona.isEmpty()) {
                    faults.add(
                            JsonFields.child("/persona_ids", Integer.toString(i)),
                            "there is no persona `" + Shown.text(ids.get(i)) + "`");
                }
                persona.ifPresent(found::add);
            }
            return found;
        }

        private void entry(JsonNode node, String pointer, Optional<Instant> until) {
            JsonFields.of(node, pointer, faults).ifPresent(entry -> {
                int faultsBefore = faults.list().size();
                entry.require("at");
                Instant at = offset(entry, "at").map(start::plus).orElse(start);
                Optional<Duration> every = entry.duration("every")
                        .filter(time -> entry.check("every", !time.isZero(), "must be longer than PT0S"));
                Map<String, ValueSequence> metrics = entries.metrics(entry, every.isPresent());
                List<Happening> others = entries.others(entry, at);
                Optional<Integer> said = entry.integer("times", 1, ValueSequence.LIMIT);
                int times = faults.list().size() > faultsBefore ? 1 : times(entry, at, every, said, metrics, until);
                entry.refuseUnknown();
                for (int i = 0; i < times && !full; i++) {
                    Instant then = every.isPresent() ? at.plus(every.get().multipliedBy(i)) : at;
                    boolean timed = i > 0 && entry.node("for").isPresent();
                    full = !timeline.sample(then, EntryReader.sample(metrics, i))
                            || !timeline.add(then, timed ? entries.others(entry, then) : others);
                    if (full) {
                        faults.add(pointer, "makes the timeline have " + Timeline.BOUNDS);
                    }
                }
            });
        }

        /** How often an entry happens: as often as said, as its longest sequence has values, or until the end. */
        private int times(
                JsonFields entry,
                Instant at,
                Optional<Duration> every,
                Optional<Integer> times,
                Map<String, ValueSequence> metrics,
                Optional<Instant> until) {
            if (every.isEmpty()) {
                entry.check("times", times.isEmpty(), "goes with `every` only");
                return 1;
            }
            int longest = metrics.values().stream()
                    .mapToInt(ValueSequence::size)
                    .max()
                    .orElse(1);
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
            return left.isNegative()
                    ? 1
                    : (int) Math.min(Timeline.MAXIMUM_HAPPENINGS + 1L, left.dividedBy(every.get()) + 1);
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
