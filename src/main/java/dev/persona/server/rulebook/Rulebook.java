package dev.persona.server.rulebook;

import dev.persona.server.persona.Persona;
import dev.persona.server.persona.PersonaSource;
import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.Fault;
import dev.persona.server.platform.Faults;
import dev.persona.server.platform.NearestName;
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
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.microprofile.context.ManagedExecutor;
import org.jboss.logging.Logger;

/**
 * All custom rules of this server: those that ship with it, those of the configured folder, and those stored over REST.
 *
 * <p>A name belongs to one document: those that ship with the server keep theirs, of the others whoever comes first has
 * it. Writers take turns: each compiles, stores in one transaction, and only then shows the change to readers. A document
 * that fails too often in a row is stopped until it is saved anew or enabled; that is stored, too.
 */
@Startup
@ApplicationScoped
public class Rulebook implements RuleSource {
    /** The path {@code /rules/validate} isn't that of a document. */
    private static final Set<String> RESERVED = Set.of("validate");

    private static final Logger LOG = Logger.getLogger(Rulebook.class);
    private static final Pattern NAME = Pattern.compile("(?!\\.{1,2}$)[a-z0-9._-]{1,64}");

    private final RuleRepository repository;
    private final PersonaSource personas;
    private final Event<RulesChanged> changes;
    private final RulesConfig config;
    private final InstantSource clock;
    private final MeterRegistry metrics;
    private final ManagedExecutor workers;
    private final Optional<RuleFolder> folder;
    private final RuleFailures failures;

    private final ReentrantLock writing = new ReentrantLock();
    private final Map<String, RuleFailure> lastFailures = new ConcurrentHashMap<>();

    /** The files that aren't used, by name without suffix; written with the lock held. */
    private final Map<String, Refusal> refused = new ConcurrentHashMap<>();

    /** INVARIANT: holds what the database holds, whenever no writer is at work; replaced, never changed. */
    private volatile NavigableMap<String, RuleEntry> entries = new TreeMap<>();

    private volatile List<RuleDocument> inForce = List.of();
    private volatile boolean started;

    /** A file that can't be used, and why. */
    private record Refusal(RuleFolder.Content content, List<Fault> faults) {}

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
        this.clock = clock;
        this.metrics = metrics;
        this.workers = workers;
        this.folder = config.directory().map(path -> new RuleFolder(path, config.limit()));
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
        return entries.values().stream()
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
        show(loaded);
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
        return inForce;
    }

    @Override
    public List<RuleDocument> stored() {
        return entries.values().stream()
                .flatMap(entry -> entry.document().stream())
                .toList();
    }

    /**
     * One rule document.
     *
     * @throws PolicyException NOT_FOUND
     */
    RuleEntry get(String name) {
        RuleEntry entry = entries.get(name);
        if (entry == null) {
            throw new PolicyException(
                    ErrorCode.NOT_FOUND,
                    "there are no rules `" + Shown.text(name) + "`"
                            + NearestName.to(name, entries.keySet())
                                    .map(near -> "; did you mean `" + near + "`?")
                                    .orElse(""));
        }
        return entry;
    }

    /** The documents that fit a filter, in order of name. */
    Page<RuleEntry> list(Predicate<RuleEntry> filter, PageRequest request) {
        NavigableMap<String, RuleEntry> all = entries;
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
                Optional.ofNullable(refused.get(entry.name()))
                        .map(Refusal::faults)
                        .orElse(entry.faults()),
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
        return change(() -> {
            requireFree(draft.name());
            requireRoom();
            if (!dryRun) {
                RuleEntry stored = store(Optional.empty(), draft);
                LOG.infof("rules stored rules=%s revision=%d", stored.name(), 1L);
                return stored;
            }
            return draft;
        });
    }

    /** The document that a submission asks for, at revision 1. */
    private RuleEntry draft(String name, RuleSubmission submission, Faults faults) {
        if (submission.name().isPresent()) {
            checkName(name, faults);
        }
        Optional<RuleDocument> document = Optional.empty();
        try {
            document = Optional.of(compile(name, submission.drl()));
        } catch (PolicyException e) {
            e.faults().forEach(fault -> faults.add(fault.pointer(), fault.detail()));
        }
        faults.throwIfAny(name.isEmpty() ? "the rule document" : "rule document `" + Shown.text(name) + "`");
        Instant now = now();
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

    private static void checkName(String name, Faults faults) {
        if (!NAME.matcher(name).matches()) {
            faults.add(
                    "/name",
                    "`name` must be 1-64 of `a-z 0-9 . _ -`, and more than dots, but is `" + Shown.text(name) + "`");
        } else if (RESERVED.contains(name)) {
            faults.add("/name", "`" + name + "` is a path of the API; choose another name");
        }
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
        requireOwn(get(name));
        Faults faults = new Faults();
        if (submission.name().filter(other -> !other.equals(name)).isPresent()) {
            faults.add("/name", "`name` must be that of the path, `" + name + "`: rules can't be renamed");
        }
        RuleEntry draft = draft(name, submission, faults);
        return change(() -> {
            RuleEntry before = requireOwn(get(name));
            expected.verify("rules `" + name + "`", before.text().revision());
            boolean same = before.text().drl().equals(submission.drl());
            RuleEntry next = new RuleEntry(
                    same ? before.text() : before.text().with(submission.drl(), now()),
                    draft.document(),
                    List.of(),
                    disabled(submission, before.stop(), now()));
            if (dryRun || (same && next.stop().equals(before.stop()))) {
                return dryRun ? next : before;
            }
            RuleEntry stored = store(Optional.of(before), next);
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
        change(() -> {
            RuleEntry before = requireOwn(get(name));
            expected.verify("rules `" + name + "`", before.text().revision());
            remove(before);
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
        return change(() -> {
            RuleEntry before = get(name);
            expected.verify("rules `" + name + "`", before.text().revision());
            Optional<RuleStop> stop = enabled
                    ? Optional.empty()
                    : before.stop()
                            .filter(standing -> standing.failure().isEmpty())
                            .or(() -> Optional.of(new RuleStop(now(), Optional.empty())));
            if (stop.equals(before.stop())) {
                return before;
            }
            repository.store(name, stop);
            LOG.infof("rules %s rules=%s", enabled ? "enabled" : "disabled", name);
            return put(before.with(stop));
        });
    }

    /** Brings what is stored of the folder in line with its files. */
    void readFolder() {
        SortedMap<String, RuleFolder.Content> files;
        try {
            files = folder.isPresent() ? folder.get().read() : new TreeMap<>();
        } catch (IOException e) {
            LOG.errorf("the folder of rules can't be read, its rules stay as they were cause=%s", e);
            return;
        }
        files.forEach((name, content) -> change(() -> {
            take(name, content);
            return name;
        }));
        List<RuleEntry> gone = entries.values().stream()
                .filter(entry -> entry.text().origin() == Origin.DIRECTORY && !files.containsKey(entry.name()))
                .toList();
        gone.forEach(entry -> change(() -> {
            remove(entry);
            return entry;
        }));
        refused.keySet().retainAll(files.keySet());
    }

    private void take(String name, RuleFolder.Content content) {
        Optional<RuleEntry> before = Optional.ofNullable(entries.get(name));
        boolean same = before.filter(entry -> entry.text().origin() == Origin.DIRECTORY
                        && entry.document().isPresent()
                        && content.equals(
                                new RuleFolder.Content.Drl(entry.text().drl())))
                .isPresent();
        Optional<Refusal> known = Optional.ofNullable(refused.get(name))
                .filter(refusal -> !same && refusal.content().equals(content));
        if (known.isPresent()) {
            return;
        }
        refused.remove(name);
        if (!same) {
            try {
                takeNew(name, content, before);
            } catch (PolicyException e) {
                refuse(name, content, before, e);
            }
        }
    }

    private void takeNew(String name, RuleFolder.Content content, Optional<RuleEntry> before) {
        Faults faults = new Faults();
        checkName(name, faults);
        if (content instanceof RuleFolder.Content.Unreadable unreadable) {
            faults.add("", "the file " + unreadable.cause());
        }
        faults.throwIfAny("the file");
        if (before.filter(entry -> entry.text().origin() == Origin.DIRECTORY).isEmpty()) {
            requireFree(name);
            requireRoom();
        }
        String drl = ((RuleFolder.Content.Drl) content).drl();
        RuleDocument document = compile(name, drl);
        Instant now = now();
        Optional<RuleEntry> stored = before.filter(entry -> entry.text().revision() > 0);
        RuleText text = stored.map(entry -> entry.text().with(drl, now))
                .orElseGet(() -> new RuleText(name, Origin.DIRECTORY, 1, drl, now, now));
        Optional<RuleStop> stop = before.flatMap(RuleEntry::stop).filter(reason -> reason.holdsFor(text.digest()));
        store(stored, new RuleEntry(text, Optional.of(document), List.of(), stop));
        LOG.infof("rules read from their file rules=%s revision=%d", name, text.revision());
    }

    private void refuse(String name, RuleFolder.Content content, Optional<RuleEntry> before, PolicyException refusal) {
        LOG.warnf(
                "a file of rules isn't used, what was in force before stays rules=%s cause=%s faults=%s",
                name, refusal.getMessage(), refusal.faults());
        List<Fault> faults = refusal.faults().isEmpty()
                ? List.of(new Fault("", "file `" + name + RuleDocuments.SUFFIX + "`: " + refusal.getMessage()))
                : refusal.faults();
        refused.put(name, new Refusal(content, faults));
        if (before.filter(entry -> entry.text().revision() > 0).isEmpty()) {
            String drl = content instanceof RuleFolder.Content.Drl readable ? readable.drl() : "";
            RuleText text = new RuleText(name, Origin.DIRECTORY, 0, drl, now(), now());
            put(new RuleEntry(text, Optional.empty(), faults, Optional.empty()));
        }
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
        change(() -> {
            RuleEntry entry = entries.get(document.name());
            if (entry == null || entry.inForce().filter(document::equals).isEmpty()) {
                return document;
            }
            Optional<RuleStop> stop = Optional.of(new RuleStop(
                    now(), Optional.of(new RuleStop.Failed(entry.text().digest(), failure))));
            repository.store(document.name(), stop);
            LOG.errorf(
                    "rules stopped, they failed %d times in a row; save or enable them to try again rules=%s rule=%s"
                            + " instance=%s cause=%s",
                    config.failuresInARow(),
                    document.name(),
                    failure.rule().orElse(""),
                    failure.instanceId(),
                    failure.cause());
            put(entry.with(stop));
            return document;
        });
    }

    /** Carries out one change, in turn, and tells whoever listens if other rules are in force now. */
    private <T> T change(Supplier<T> change) {
        List<RuleDocument> before;
        T result;
        writing.lock();
        try {
            before = inForce;
            result = change.get();
        } finally {
            writing.unlock();
        }
        if (started && !before.equals(inForce)) {
            try {
                changes.fire(new RulesChanged());
            } catch (RuntimeException e) {
                LOG.error("rules are stored, but somebody who was told failed", e);
            }
        }
        return result;
    }

    private RuleEntry store(Optional<RuleEntry> before, RuleEntry after) {
        repository.store(before.map(RuleEntry::text), Optional.of(after.text()), after.stop(), config.versions());
        return put(after);
    }

    private void remove(RuleEntry entry) {
        if (entry.text().revision() > 0) {
            repository.store(Optional.of(entry.text()), Optional.empty(), Optional.empty(), config.versions());
            LOG.infof("rules deleted rules=%s", entry.name());
        }
        NavigableMap<String, RuleEntry> left = new TreeMap<>(entries);
        left.remove(entry.name());
        refused.remove(entry.name());
        forget(entry.name());
        show(left);
    }

    private RuleEntry put(RuleEntry entry) {
        NavigableMap<String, RuleEntry> next = new TreeMap<>(entries);
        next.put(entry.name(), entry);
        if (entry.stop().isEmpty()) {
            forget(entry.name());
        }
        show(next);
        return entry;
    }

    /** Begins to count a document's failures anew. */
    private void forget(String name) {
        failures.forget(name);
        lastFailures.remove(name);
    }

    private void show(NavigableMap<String, RuleEntry> next) {
        entries = Collections.unmodifiableNavigableMap(next);
        inForce = next.values().stream()
                .flatMap(entry -> entry.inForce().stream())
                .toList();
    }

    private void requireFree(String name) {
        RuleEntry taken = entries.get(name);
        if (taken != null) {
            throw new PolicyException(
                    ErrorCode.ALREADY_EXISTS,
                    switch (taken.text().origin()) {
                        case API -> "rules `" + name + "` exist already; PUT them to change them";
                        default -> ofOthers(taken);
                    });
        }
    }

    private static RuleEntry requireOwn(RuleEntry entry) {
        if (entry.text().origin() != Origin.API) {
            throw new PolicyException(ErrorCode.ALREADY_EXISTS, ofOthers(entry));
        }
        return entry;
    }

    private static String ofOthers(RuleEntry entry) {
        return entry.text().origin() == Origin.SHIPPED
                ? "rules `" + entry.name() + "` ship with the server; choose another name, or disable them"
                : "rules `" + entry.name() + "` come from file `" + entry.name() + RuleDocuments.SUFFIX
                        + "`; change or remove that, or choose another name";
    }

    private void requireRoom() {
        long stored = entries.values().stream()
                .filter(entry -> entry.text().origin() != Origin.SHIPPED)
                .count();
        if (stored >= config.limit()) {
            throw new PolicyException(
                    ErrorCode.TOO_MANY,
                    "there are " + config.limit()
                            + " rule documents already; delete one, or raise `persona.rules.limit`");
        }
    }

    private Set<String> personaIds() {
        return personas.personas().stream().map(Persona::personaId).collect(Collectors.toSet());
    }

    /** To the microsecond, as databases keep it. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
