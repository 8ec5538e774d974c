package dev.persona.server.persona;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.Faults;
import dev.persona.server.platform.Page;
import dev.persona.server.platform.PageRequest;
import dev.persona.server.platform.PolicyException;
import dev.persona.server.platform.Revision;
import dev.persona.server.platform.Shown;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jboss.logging.Logger;

/**
 * All personas of this server: checked before they are stored, and read from memory.
 *
 * <p>Writers take turns: each checks, stores in one transaction, and only then shows the change to readers, who always see
 * what is stored and never wait.
 */
@Startup
@ApplicationScoped
public class Personas implements PersonaSource {
    private static final Logger LOG = Logger.getLogger(Personas.class);

    private final PersonaRepository repository;
    private final PersonaReader reader;
    private final Instance<PersonaCheck> checks;
    private final Instance<PersonaAnalysis> analyses;
    private final Event<PersonasChanged> changes;
    private final PersonaConfig config;
    private final InstantSource clock;
    private final MeterRegistry metrics;
    private final ObjectMapper json;

    private final ReentrantLock writing = new ReentrantLock();

    /** INVARIANT: holds what the database holds, whenever no writer is at work; replaced, never changed. */
    private volatile Snapshot snapshot = new Snapshot(new TreeMap<>());

    Personas(
            PersonaRepository repository,
            PersonaReader reader,
            @Any Instance<PersonaCheck> checks,
            @Any Instance<PersonaAnalysis> analyses,
            Event<PersonasChanged> changes,
            PersonaConfig config,
            InstantSource clock,
            MeterRegistry metrics,
            ObjectMapper json) {
        this.repository = repository;
        this.reader = reader;
        this.checks = checks;
        this.analyses = analyses;
        this.changes = changes;
        this.config = config;
        this.clock = clock;
        this.metrics = metrics;
        this.json = json;
    }

    private record Snapshot(NavigableMap<String, StoredPersona> stored, List<Persona> personas) {
        Snapshot(NavigableMap<String, StoredPersona> stored) {
            this(
                    Collections.unmodifiableNavigableMap(stored),
                    stored.values().stream()
                            .flatMap(persona -> persona.persona().stream())
                            .toList());
        }
    }

    @PostConstruct
    void start() {
        load();
        metrics.gauge(
                "personas.stored", this, personas -> personas.snapshot.stored().size());
    }

    /** Shows readers what is in the database. */
    void load() {
        NavigableMap<String, StoredPersona> stored = new TreeMap<>();
        repository.load().forEach(row -> stored.put(row.personaId(), read(row)));
        snapshot = new Snapshot(stored);
    }

    private StoredPersona read(PersonaEntity row) {
        ObjectNode document = PersonaDocument.parse(row.document(), row.groups());
        Faults faults = new Faults();
        Optional<Persona> persona = reader.read(document, "", faults, row.createdAt())
                .map(found -> found.at(row.revision(), row.createdAt(), row.updatedAt()));
        faults.list()
                .forEach(fault -> LOG.errorf(
                        "stored persona is left out until it is corrected persona=%s pointer=%s fault=%s",
                        row.personaId(), fault.pointer(), fault.detail()));
        return new StoredPersona(row.personaId(), document, row.revision(), row.createdAt(), row.updatedAt(), persona);
    }

    @Override
    public List<Persona> personas() {
        return snapshot.personas();
    }

    boolean isEmpty() {
        return snapshot.stored().isEmpty();
    }

    /**
     * One stored persona.
     *
     * @throws PolicyException NOT_FOUND
     */
    StoredPersona get(String personaId) {
        return find(personaId).orElseThrow(() -> unknown(personaId));
    }

    /** The stored personas that fit a filter, in order of id. */
    Page<StoredPersona> list(PersonaFilter filter, PageRequest request) {
        NavigableMap<String, StoredPersona> stored = snapshot.stored();
        NavigableMap<String, StoredPersona> following =
                request.after().map(id -> stored.tailMap(id, false)).orElse(stored);
        return Page.of(following.values().stream().filter(filter::matches), request, StoredPersona::personaId);
    }

    /** The ids of the personas of each group, all in order. */
    NavigableMap<String, SortedSet<String>> groups() {
        NavigableMap<String, SortedSet<String>> groups = new TreeMap<>();
        snapshot.stored().values().forEach(persona -> persona.groups()
                .forEach(group ->
                        groups.computeIfAbsent(group, name -> new TreeSet<>()).add(persona.personaId())));
        return groups;
    }

    /**
     * Creates a persona.
     *
     * @param dryRun whether to check only, and store nothing
     * @throws PolicyException INVALID_DOCUMENT with every fault; ALREADY_EXISTS; TOO_MANY
     */
    StoredPersona create(JsonNode written, boolean dryRun) {
        Persona persona = check(written);
        String id = persona.personaId();
        return change(id, dryRun, before -> {
                    if (before.isPresent()) {
                        throw new PolicyException(
                                ErrorCode.ALREADY_EXISTS, "persona `" + id + "` exists already; PUT it to change it");
                    }
                    if (snapshot.stored().size() >= config.limit()) {
                        throw new PolicyException(
                                ErrorCode.TOO_MANY,
                                "there are " + config.limit()
                                        + " personas already; delete one, or raise `persona.personas.limit`");
                    }
                    return Optional.of(StoredPersona.of(PersonaDocument.complete(written), persona));
                })
                .orElseThrow();
    }

    /**
     * Changes a persona; one that says the same as before stays at its revision.
     *
     * @param expected the revision that the caller means
     * @param dryRun whether to check only, and store nothing
     * @throws PolicyException NOT_FOUND; INVALID_DOCUMENT with every fault; REVISION_MISMATCH
     */
    StoredPersona replace(String personaId, JsonNode written, Revision.Expected expected, boolean dryRun) {
        if (find(personaId).isEmpty()) {
            throw new PolicyException(
                    ErrorCode.NOT_FOUND,
                    "there is no persona `" + Shown.text(personaId) + "`; `POST /personas` creates one");
        }
        JsonNode named = named(personaId, written);
        Persona persona = check(named);
        ObjectNode document = PersonaDocument.complete(named);
        return change(personaId, dryRun, before -> {
                    StoredPersona current = verified(personaId, before, expected);
                    return Optional.of(
                            document.equals(current.document()) ? current : next(current, document, persona));
                })
                .orElseThrow();
    }

    /**
     * Deletes a persona.
     *
     * @param expected the revision that the caller means
     * @throws PolicyException NOT_FOUND; REVISION_MISMATCH
     */
    void delete(String personaId, Revision.Expected expected) {
        change(personaId, false, before -> {
            verified(personaId, before, expected);
            return Optional.empty();
        });
    }

    /**
     * Puts a persona into a group, if it isn't in it.
     *
     * @throws PolicyException NOT_FOUND; INVALID_REQUEST if the name can't be that of a group
     */
    void join(String group, String personaId) {
        if (!PersonaReader.isGroup(group)) {
            throw new PolicyException(
                    ErrorCode.INVALID_REQUEST,
                    "a group must be 1-64 letters, digits and `. _ -`, and more than dots, but is `" + Shown.text(group)
                            + "`");
        }
        regroup(personaId, groups -> groups.add(group));
    }

    /**
     * Takes a persona out of a group.
     *
     * @throws PolicyException NOT_FOUND, also if it isn't in the group
     */
    void leave(String group, String personaId) {
        regroup(personaId, groups -> {
            if (!groups.remove(group)) {
                throw new PolicyException(
                        ErrorCode.NOT_FOUND, "persona `" + personaId + "` isn't in group `" + Shown.text(group) + "`");
            }
        });
    }

    private void regroup(String personaId, Consumer<Set<String>> change) {
        change(personaId, false, before -> {
            StoredPersona current = verified(personaId, before, Revision.Expected.ANY);
            Set<String> groups = new TreeSet<>(current.groups());
            change.accept(groups);
            ObjectNode document = PersonaDocument.withGroups(current.document(), groups);
            return Optional.of(
                    document.equals(current.document()) ? current : next(current, document, check(document)));
        });
    }

    /**
     * Checks a persona as it would be checked when it is saved, whether there is one of that id or not.
     *
     * @throws PolicyException INVALID_DOCUMENT with every fault
     */
    ObjectNode validate(JsonNode written) {
        Persona persona = check(written);
        return withWarnings(PersonaDocument.complete(written), persona);
    }

    /** What callers see of a persona that they have sent: with what its author hardly means. */
    ObjectNode reviewed(StoredPersona stored) {
        return withWarnings(stored.view(), stored.persona().orElseThrow());
    }

    private ObjectNode withWarnings(ObjectNode view, Persona persona) {
        List<Persona> others = personas().stream()
                .filter(other -> !other.personaId().equals(persona.personaId()))
                .toList();
        ArrayNode warnings = view.putArray(PersonaDocument.WARNINGS);
        analyses.forEach(analysis -> analysis.warnings(persona, others)
                .forEach(warning -> warnings.add(json.<JsonNode>valueToTree(warning))));
        return view;
    }

    private Persona check(JsonNode written) {
        Faults faults = new Faults();
        Optional<Persona> persona = reader.read(written, "", faults, now());
        persona.ifPresent(found -> checks.forEach(check -> check.check(found, faults)));
        JsonNode id = written.path("persona_id");
        faults.throwIfAny(id.isTextual() ? "persona `" + Shown.text(id.textValue()) + "`" : "the persona");
        return persona.orElseThrow();
    }

    /** What was sent to the path of a persona, which therefore needn't name it, but mustn't name another. */
    private static JsonNode named(String personaId, JsonNode written) {
        if (!(written instanceof ObjectNode object)) {
            return written;
        }
        if (object.hasNonNull("persona_id")
                && !object.get("persona_id").asText().equals(personaId)) {
            Faults faults = new Faults();
            faults.add(
                    "/persona_id",
                    "`persona_id` must be that of the path, `" + personaId + "`: personas can't be renamed");
            faults.throwIfAny("persona `" + personaId + "`");
        }
        return object.deepCopy().put("persona_id", personaId);
    }

    private StoredPersona next(StoredPersona current, ObjectNode document, Persona persona) {
        return StoredPersona.of(document, persona.at(current.revision() + 1, current.createdAt(), now()));
    }

    private static StoredPersona verified(
            String personaId, Optional<StoredPersona> before, Revision.Expected expected) {
        StoredPersona current = before.orElseThrow(() -> unknown(personaId));
        expected.verify("persona `" + personaId + "`", current.revision());
        return current;
    }

    private static PolicyException unknown(String personaId) {
        return new PolicyException(ErrorCode.NOT_FOUND, "there is no persona `" + Shown.text(personaId) + "`");
    }

    private Optional<StoredPersona> find(String personaId) {
        return Optional.ofNullable(snapshot.stored().get(personaId));
    }

    /** Carries out one change, in turn, and tells it to whoever listens. */
    private Optional<StoredPersona> change(
            String personaId, boolean dryRun, UnaryOperator<Optional<StoredPersona>> decide) {
        Optional<StoredPersona> before;
        Optional<StoredPersona> after;
        writing.lock();
        try {
            before = find(personaId);
            after = decide.apply(before);
            if (dryRun || before.equals(after)) {
                return after;
            }
            repository.store(before, after);
            show(personaId, after);
        } finally {
            writing.unlock();
        }
        announce(personaId, before, after);
        return after;
    }

    private void show(String personaId, Optional<StoredPersona> after) {
        NavigableMap<String, StoredPersona> stored = new TreeMap<>(snapshot.stored());
        after.ifPresentOrElse(persona -> stored.put(personaId, persona), () -> stored.remove(personaId));
        snapshot = new Snapshot(stored);
    }

    private void announce(String personaId, Optional<StoredPersona> before, Optional<StoredPersona> after) {
        after.ifPresentOrElse(
                persona -> LOG.infof("persona stored persona=%s revision=%d", personaId, persona.revision()),
                () -> LOG.infof("persona deleted persona=%s", personaId));
        Set<String> groups = new TreeSet<>();
        before.ifPresent(persona -> groups.addAll(persona.groups()));
        after.ifPresent(persona -> groups.addAll(persona.groups()));
        try {
            changes.fire(new PersonasChanged(groups));
        } catch (RuntimeException e) {
            LOG.errorf(e, "persona is stored, but somebody who was told failed persona=%s", personaId);
        }
    }

    /** To the microsecond, as databases keep it. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
