package dev.persona.server.rulebook;

import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.Faults;
import dev.persona.server.platform.NearestName;
import dev.persona.server.platform.PolicyException;
import dev.persona.server.platform.Shown;
import dev.persona.server.rule.RuleDocument;
import dev.persona.server.rule.RuleDocuments;
import dev.persona.server.rulebook.RuleText.Origin;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/**
 * The rule documents of this server as they stand, in memory and in the database.
 *
 * <p>Writers take turns: each stores in one transaction, and only then shows the change to readers.
 */
final class RuleShelf {
    /** The path {@code /rules/validate} isn't that of a document. */
    private static final Set<String> RESERVED = Set.of("validate");

    private static final Logger LOG = Logger.getLogger(RuleShelf.class);
    private static final Pattern NAME = Pattern.compile("(?!\\.{1,2}$)[a-z0-9._-]{1,64}");

    private final RuleRepository repository;
    private final RulesConfig config;
    private final InstantSource clock;
    private final Consumer<String> begunAnew;
    private final Runnable othersInForce;

    private final ReentrantLock writing = new ReentrantLock();

    /** INVARIANT: holds what the database holds, whenever no writer is at work; replaced, never changed. */
    private volatile NavigableMap<String, RuleEntry> entries = new TreeMap<>();

    private volatile List<RuleDocument> inForce = List.of();

    /**
     * @param begunAnew told the name of a document whose failures so far count for nothing any more
     * @param othersInForce told after a change by which other documents are in force
     */
    RuleShelf(
            RuleRepository repository,
            RulesConfig config,
            InstantSource clock,
            Consumer<String> begunAnew,
            Runnable othersInForce) {
        this.repository = repository;
        this.config = config;
        this.clock = clock;
        this.begunAnew = begunAnew;
        this.othersInForce = othersInForce;
    }

    /** All documents, by name. */
    NavigableMap<String, RuleEntry> entries() {
        return entries;
    }

    /** The documents in force, in order of name. */
    List<RuleDocument> inForce() {
        return inForce;
    }

    Optional<RuleEntry> find(String name) {
        return Optional.ofNullable(entries.get(name));
    }

    /**
     * One rule document.
     *
     * @throws PolicyException NOT_FOUND
     */
    RuleEntry get(String name) {
        NavigableMap<String, RuleEntry> all = entries;
        return Optional.ofNullable(all.get(name))
                .orElseThrow(() -> new PolicyException(
                        ErrorCode.NOT_FOUND,
                        "there are no rules `" + Shown.text(name) + "`"
                                + NearestName.to(name, all.keySet())
                                        .map(near -> "; did you mean `" + near + "`?")
                                        .orElse("")));
    }

    /** Shows readers other documents; stores nothing. */
    void show(NavigableMap<String, RuleEntry> next) {
        entries = Collections.unmodifiableNavigableMap(next);
        inForce = next.values().stream()
                .flatMap(entry -> entry.inForce().stream())
                .toList();
    }

    /** Carries out one change, in turn. */
    <T> T change(Supplier<T> change) {
        List<RuleDocument> before;
        T result;
        writing.lock();
        try {
            before = inForce;
            result = change.get();
        } finally {
            writing.unlock();
        }
        if (!before.equals(inForce)) {
            othersInForce.run();
        }
        return result;
    }

    /** Stores a new document or another text of one; call within a change. */
    RuleEntry store(Optional<RuleEntry> before, RuleEntry after) {
        repository.store(before.map(RuleEntry::text), Optional.of(after.text()), after.stop(), config.versions());
        return put(after);
    }

    /** Stores why a document isn't in force from now on, or that it is; call within a change. */
    RuleEntry store(RuleEntry entry, Optional<RuleStop> stop) {
        repository.store(entry.name(), stop);
        return put(entry.with(stop));
    }

    /** Removes a document from the database and from here; call within a change. */
    void remove(RuleEntry entry) {
        if (entry.text().revision() > 0) {
            repository.store(Optional.of(entry.text()), Optional.empty(), Optional.empty(), config.versions());
            LOG.infof("rules deleted rules=%s", entry.name());
        }
        NavigableMap<String, RuleEntry> left = new TreeMap<>(entries);
        left.remove(entry.name());
        begunAnew.accept(entry.name());
        show(left);
    }

    /** Shows readers a document that isn't stored, or not as it stands; call within a change. */
    RuleEntry put(RuleEntry entry) {
        NavigableMap<String, RuleEntry> next = new TreeMap<>(entries);
        next.put(entry.name(), entry);
        if (entry.stop().isEmpty()) {
            begunAnew.accept(entry.name());
        }
        show(next);
        return entry;
    }

    /** Adds a fault if a document can't have that name. */
    static void checkName(String name, Faults faults) {
        if (!NAME.matcher(name).matches()) {
            faults.add(
                    "/name",
                    "`name` must be 1-64 of `a-z 0-9 . _ -`, and more than dots, but is `" + Shown.text(name) + "`");
        } else if (RESERVED.contains(name)) {
            faults.add("/name", "`" + name + "` is a path of the API; choose another name");
        }
    }

    /** @throws PolicyException ALREADY_EXISTS if there is a document of that name; TOO_MANY if there is no room */
    void requireRoomFor(String name) {
        find(name).ifPresent(taken -> {
            throw new PolicyException(
                    ErrorCode.ALREADY_EXISTS,
                    switch (taken.text().origin()) {
                        case API -> "rules `" + name + "` exist already; PUT them to change them";
                        default -> ofOthers(taken);
                    });
        });
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

    /**
     * One rule document that came over REST.
     *
     * @throws PolicyException NOT_FOUND; ALREADY_EXISTS if it came from elsewhere
     */
    RuleEntry requireOwn(String name) {
        RuleEntry entry = get(name);
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

    /** The present to the microsecond, as databases keep it. */
    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
