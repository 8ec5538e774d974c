package dev.persona.server.rulebook;

import dev.persona.server.persona.Persona;
import dev.persona.server.persona.PersonaSource;
import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.Faults;
import dev.persona.server.platform.Page;
import dev.persona.server.platform.PageRequest;
import dev.persona.server.platform.PolicyException;
import dev.persona.server.platform.Revision;
import dev.persona.server.platform.Shown;
import dev.persona.server.rule.RuleDocument;
import dev.persona.server.rule.RuleDocuments;
import dev.persona.server.rule.RuleFailures;
import dev.persona.server.rule.RulePass;
import dev.persona.server.rule.RuleSource;
import dev.persona.server.rule.RulesChanged;
import dev.persona.server.rulebook.RuleEntry.Status;
import dev.persona.server.rulebook.RuleText.Origin;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.eclipse.microprofile.context.ManagedExecutor;
import org.jboss.logging.Logger;

/**
 * All custom rules of this server: those that ship with it, those of the configured folder, and those stored over REST.
 *
 * <p>A name belongs to one document: those that ship with the server keep theirs, of the others whoever comes first has
 * it. A document that fails too often in a row is stopped until it is saved anew or enabled; that is stored, too.
 */
@Startup
@ApplicationScoped
public class Rulebook implements RuleSource {
    private static final Logger LOG = Logger.getLogger(Rulebook.class);

    private final RuleRepository repository;
    private final PersonaSource personas;
    private final Event<RulesChanged> changes;
    private final RulesConfig config;
    private final MeterRegistry metrics;
    private final ManagedExecutor workers;
    private final RuleShelf shelf;
    private final RuleFiles files;
    private final RuleFailures failures;
    private final Map<String, RuleFailure> lastFailures = new ConcurrentHashMap<>();

    private volatile boolean started;

    Rulebook(
            RuleRepository repository,
            PersonaSource personas,
            Event<RulesChanged> changes,
            RulesConfig config,
            InstantSource clock,
            MeterRegistry metrics,
            ManagedExecutor workers) {
        this.repository = repository;
        this.personas = personas;
        this.changes = changes;
        this.config = config;
        this.metrics = metrics;
        this.workers = workers;
        this.shelf = new RuleShelf(repository, config, clock, this::forget, this::announce);
        this.files = new RuleFiles(shelf, config);
        this.failures = new RuleFailures(config.failuresInARow());
    }

    @PostConstruct
    void start() {
        load();
        readFolder();
        started = true;
        for (Status status : Status.values()) {
            metrics.gauge("persona.rules." + status.word(), this, rulebook -> rulebook.count(status));
        }
    }

    private long count(Status status) {
        return shelf.entries().values().stream()
                .filter(entry -> entry.status() == status)
                .count();
    }

    /** Shows readers what ships with the server and what is in the database. */
    void load() {
        NavigableMap<String, RuleEntry> loaded = new TreeMap<>();
        Map<String, RuleStop> stops = repository.stops();
        repository.texts().forEach(text -> loaded.put(text.name(), entry(text, stops)));
        RuleDocuments.texts().forEach((name, drl) -> {
            RuleText shipped = new RuleText(name, Origin.SHIPPED, 1, drl, Instant.EPOCH, Instant.EPOCH);
            RuleDocument document = RuleDocuments.compile(name, drl, config.bounds());
            RuleEntry hidden =
                    loaded.put(name, new RuleEntry(shipped, Optional.of(document), List.of(), stop(shipped, stops)));
            if (hidden != null) {
                LOG.errorf("stored rules are left out: rules of that name ship with the server rules=%s", name);
            }
        });
        lastFailures.clear();
        shelf.show(loaded);
    }

    private RuleEntry entry(RuleText text, Map<String, RuleStop> stops) {
        Optional<RuleStop> stop = stop(text, stops);
        try {
            return new RuleEntry(text, Optional.of(compile(text.name(), text.drl())), List.of(), stop);
        } catch (PolicyException e) {
            LOG.errorf(
                    "stored rules are left out until they are corrected rules=%s faults=%s", text.name(), e.faults());
            return new RuleEntry(text, Optional.empty(), e.faults(), stop);
        }
    }

    private static Optional<RuleStop> stop(RuleText text, Map<String, RuleStop> stops) {
        return Optional.ofNullable(stops.get(text.name())).filter(stop -> stop.holdsFor(text.digest()));
    }

    @Override
    public RuleDocument compile(String name, String drl) {
        return RuleDocument.compile(name, drl, config.bounds());
    }

    @Override
    public List<RuleDocument> rules() {
        return shelf.inForce();
    }

    @Override
    public List<RuleDocument> stored() {
        return shelf.entries().values().stream()
                .flatMap(entry -> entry.document().stream())
                .toList();
    }

    /**
     * One rule document.
     *
     * @throws PolicyException NOT_FOUND
     */
    RuleEntry get(String name) {
        return shelf.get(name);
    }

    /** The documents that fit a filter, in order of name. */
    Page<RuleEntry> list(Predicate<RuleEntry> filter, PageRequest request) {
        NavigableMap<String, RuleEntry> all = shelf.entries();
        NavigableMap<String, RuleEntry> following =
                request.after().map(name -> all.tailMap(name, false)).orElse(all);
        return Page.of(following.values().stream().filter(filter), request, RuleEntry::name);
    }

    /** As callers see it. */
    RuleView view(RuleEntry entry) {
        Optional<RuleFailure> stopping = entry.stop().flatMap(RuleStop::failure).map(RuleStop.Failed::last);
        return RuleView.of(
                entry,
                personaIds(),
                files.faults(entry.name()).orElse(entry.faults()),
                Optional.ofNullable(lastFailures.get(entry.name())).or(() -> stopping));
    }

    /**
     * The versions of a document that are kept, in order.
     *
     * @throws PolicyException NOT_FOUND
     */
    Page<RuleVersion> versions(String name, PageRequest request) {
        RuleEntry entry = get(name);
        if (entry.text().origin() == Origin.SHIPPED) {
            RuleVersion only = RuleVersion.of(entry.text());
            return new Page<>(List.of(only), Optional.empty());
        }
        long after = request.after().map(Rulebook::revision).orElse(0L);
        return Page.of(
                repository.versions(name, after, request.limit() + 1).stream(),
                request,
                version -> Long.toString(version.revision()));
    }

    /**
     * One version of a document.
     *
     * @throws PolicyException NOT_FOUND
     */
    RuleVersion version(String name, String revision) {
        RuleEntry entry = get(name);
        long number = revision(revision);
        return Optional.of(RuleVersion.of(entry.text()))
                .filter(present -> present.revision() == number)
                .or(() -> repository.version(name, number))
                .orElseThrow(() -> new PolicyException(
                        ErrorCode.NOT_FOUND,
                        "rules `" + name + "` have no revision `" + Shown.text(revision) + "`, or not any more; "
                                + "`GET /rules/" + name + "/versions` lists those that are kept"));
    }

    /** 0, which no version has, if it is no number. */
    private static long revision(String text) {
        return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
    }

    /**
     * Checks and compiles a text; stores nothing.
     *
     * @throws PolicyException INVALID_DOCUMENT with every fault
     */
    RuleEntry validate(RuleSubmission submission) {
        return draft(submission.name().orElse(""), submission, new Faults());
    }

    /**
     * Creates a rule document.
     *
     * @param dryRun whether to check only, and store nothing
     * @throws PolicyException INVALID_DOCUMENT with every fault; ALREADY_EXISTS; TOO_MANY
     */
    RuleEntry create(RuleSubmission submission, boolean dryRun) {
        Faults faults = new Faults();
        if (submission.name().isEmpty()) {
            faults.add("/name", "`name` is missing");
        }
        RuleEntry draft = draft(submission.name().orElse(""), submission, faults);
        return shelf.change(() -> {
            shelf.requireRoomFor(draft.name());
            if (!dryRun) {
                RuleEntry stored = shelf.store(Optional.empty(), draft);
                LOG.infof("rules stored rules=%s revision=%d", stored.name(), 1L);
                return stored;
            }
            return draft;
        });
    }

    /** The document that a submission asks for, at revision 1. */
    private RuleEntry draft(String name, RuleSubmission submission, Faults faults) {
        if (submission.name().isPresent()) {
            RuleShelf.checkName(name, faults);
        }
        Optional<RuleDocument> document = Optional.empty();
        try {
            document = Optional.of(compile(name, submission.drl()));
        } catch (PolicyException e) {
            e.faults().forEach(fault -> faults.add(fault.pointer(), fault.detail()));
        }
        faults.throwIfAny(name.isEmpty() ? "the rule document" : "rule document `" + Shown.text(name) + "`");
        Instant now = shelf.now();
        RuleText text = new RuleText(name, Origin.API, 1, submission.drl(), now, now);
        return new RuleEntry(text, document, List.of(), disabled(submission, Optional.empty(), now));
    }

    private static Optional<RuleStop> disabled(RuleSubmission submission, Optional<RuleStop> before, Instant now) {
        boolean wasEnabled = before.filter(stop -> stop.failure().isEmpty()).isEmpty();
        if (submission.enabled().orElse(wasEnabled)) {
            return Optional.empty();
        }
        return wasEnabled ? Optional.of(new RuleStop(now, Optional.empty())) : before;
    }

    /**
     * Changes a rule document and begins to count its failures anew; a text that is the same stays at its revision.
     *
     * @param expected the revision that the caller means
     * @param dryRun whether to check only, and store nothing
     * @throws PolicyException NOT_FOUND; INVALID_DOCUMENT with every fault; ALREADY_EXISTS if it isn't the API's to
     *     change; REVISION_MISMATCH
     */
    RuleEntry replace(String name, RuleSubmission submission, Revision.Expected expected, boolean dryRun) {
        shelf.requireOwn(name);
        Faults faults = new Faults();
        if (submission.name().filter(other -> !other.equals(name)).isPresent()) {
            faults.add("/name", "`name` must be that of the path, `" + name + "`: rules can't be renamed");
        }
        RuleEntry draft = draft(name, submission, faults);
        return shelf.change(() -> {
            RuleEntry before = shelf.requireOwn(name);
            expected.verify("rules `" + name + "`", before.text().revision());
            boolean same = before.text().drl().equals(submission.drl());
            RuleEntry next = new RuleEntry(
                    same ? before.text() : before.text().with(submission.drl(), shelf.now()),
                    draft.document(),
                    List.of(),
                    disabled(submission, before.stop(), shelf.now()));
            if (dryRun || (same && next.stop().equals(before.stop()))) {
                return dryRun ? next : before;
            }
            RuleEntry stored = shelf.store(Optional.of(before), next);
            LOG.infof("rules stored rules=%s revision=%d", name, stored.text().revision());
            return stored;
        });
    }

    /**
     * Deletes a rule document with its versions.
     *
     * @param expected the revision that the caller means
     * @throws PolicyException NOT_FOUND; ALREADY_EXISTS if it isn't the API's to delete; REVISION_MISMATCH
     */
    void delete(String name, Revision.Expected expected) {
        shelf.change(() -> {
            RuleEntry before = shelf.requireOwn(name);
            expected.verify("rules `" + name + "`", before.text().revision());
            shelf.remove(before);
            files.lookAgain(name);
            return before;
        });
    }

    /**
     * Puts a document into force, whatever has stopped it, or out of force, wherever it comes from.
     *
     * @param expected the revision that the caller means
     * @throws PolicyException NOT_FOUND; REVISION_MISMATCH
     */
    RuleEntry enable(String name, boolean enabled, Revision.Expected expected) {
        return shelf.change(() -> {
            RuleEntry before = get(name);
            expected.verify("rules `" + name + "`", before.text().revision());
            Optional<RuleStop> stop = enabled
                    ? Optional.empty()
                    : before.stop()
                            .filter(standing -> standing.failure().isEmpty())
                            .or(() -> Optional.of(new RuleStop(shelf.now(), Optional.empty())));
            if (stop.equals(before.stop())) {
                return before;
            }
            RuleEntry after = shelf.store(before, stop);
            LOG.infof("rules %s rules=%s", enabled ? "enabled" : "disabled", name);
            return after;
        });
    }

    /** Brings the rules of the folder in line with its files. */
    void readFolder() {
        files.read();
    }

    @Override
    public void ran(RuleDocument document, String instanceId, Instant at, RulePass pass) {
        Optional<RulePass.Failure> enough = failures.enough(document.name(), instanceId, pass);
        for (RulePass.Failure failure : pass.failures()) {
            metrics.counter("persona.rules.failures", "rules", document.name()).increment();
            RuleFailure last = failure(instanceId, at, failure);
            if (lastFailures.put(document.name(), last) == null) {
                LOG.warnf(
                        "rules failed and are left out of the decision rules=%s rule=%s instance=%s cause=%s",
                        document.name(), failure.rule(), instanceId, failure.cause());
            }
        }
        enough.ifPresent(failure -> workers.execute(() -> stopFailing(document, failure(instanceId, at, failure))));
    }

    private static RuleFailure failure(String instanceId, Instant at, RulePass.Failure failure) {
        return new RuleFailure(
                at, instanceId, Optional.of(failure.rule()).filter(rule -> !rule.isEmpty()), failure.cause());
    }

    private void stopFailing(RuleDocument document, RuleFailure failure) {
        shelf.change(() -> {
            RuleEntry entry = shelf.entries().get(document.name());
            if (entry == null || entry.inForce().filter(document::equals).isEmpty()) {
                return document;
            }
            Optional<RuleStop> stop = Optional.of(new RuleStop(
                    shelf.now(), Optional.of(new RuleStop.Failed(entry.text().digest(), failure))));
            shelf.store(entry, stop);
            LOG.errorf(
                    "rules stopped, they failed %d times in a row; save or enable them to try again rules=%s rule=%s"
                            + " instance=%s cause=%s",
                    config.failuresInARow(),
                    document.name(),
                    failure.rule().orElse(""),
                    failure.instanceId(),
                    failure.cause());
            return document;
        });
    }

    /** Begins to count a document's failures anew. */
    private void forget(String name) {
        failures.forget(name);
        lastFailures.remove(name);
    }

    private void announce() {
        if (started) {
            try {
                changes.fire(new RulesChanged());
            } catch (RuntimeException e) {
                LOG.error("rules are stored, but somebody who was told failed", e);
            }
        }
    }

    private Set<String> personaIds() {
        return personas.personas().stream().map(Persona::personaId).collect(Collectors.toSet());
    }
}
