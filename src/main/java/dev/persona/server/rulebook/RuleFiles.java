package dev.persona.server.rulebook;

import dev.persona.server.platform.Fault;
import dev.persona.server.platform.Faults;
import dev.persona.server.platform.PolicyException;
import dev.persona.server.rule.RuleDocument;
import dev.persona.server.rule.RuleDocuments;
import dev.persona.server.rulebook.RuleText.Origin;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/** Keeps the rule documents that come from files in line with those: a file that can't be used leaves its rules as they were. */
final class RuleFiles {
    private static final Logger LOG = Logger.getLogger(RuleFiles.class);

    private final Optional<RuleFolder> folder;
    private final RuleShelf shelf;
    private final RulesConfig config;

    /** The files that aren't used, by name without suffix. */
    private final Map<String, Refusal> refused = new ConcurrentHashMap<>();

    /** A file that can't be used, and why. */
    private record Refusal(RuleFolder.Content content, List<Fault> faults) {}

    RuleFiles(RuleShelf shelf, RulesConfig config) {
        this.folder = config.directory().map(path -> new RuleFolder(path, config.limit()));
        this.shelf = shelf;
        this.config = config;
    }

    /** Why the file of that name isn't used; empty if it is, or if there is none. */
    Optional<List<Fault>> faults(String name) {
        return Optional.ofNullable(refused.get(name)).map(Refusal::faults);
    }

    /** Takes what has changed since it was last called. */
    void read() {
        SortedMap<String, RuleFolder.Content> files;
        try {
            files = folder.isPresent() ? folder.get().read() : new TreeMap<>();
        } catch (IOException e) {
            LOG.errorf("the folder of rules can't be read, its rules stay as they were cause=%s", e);
            return;
        }
        files.forEach((name, content) -> shelf.change(() -> {
            take(name, content);
            return name;
        }));
        List<RuleEntry> gone = shelf.entries().values().stream()
                .filter(entry -> entry.text().origin() == Origin.DIRECTORY && !files.containsKey(entry.name()))
                .toList();
        gone.forEach(entry -> shelf.change(() -> {
            shelf.remove(entry);
            return entry;
        }));
        refused.keySet().retainAll(files.keySet());
    }

    /** Takes a file anew that wasn't used: its name is free. */
    void lookAgain(String name) {
        refused.remove(name);
    }

    private void take(String name, RuleFolder.Content content) {
        Optional<RuleEntry> before = shelf.find(name);
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
        RuleShelf.checkName(name, faults);
        if (content instanceof RuleFolder.Content.Unreadable unreadable) {
            faults.add("", "the file " + unreadable.cause());
        }
        faults.throwIfAny("the file");
        if (before.filter(entry -> entry.text().origin() == Origin.DIRECTORY).isEmpty()) {
            shelf.requireRoomFor(name);
        }
        String drl = ((RuleFolder.Content.Drl) content).drl();
        RuleDocument document = RuleDocument.compile(name, drl, config.bounds());
        Instant now = shelf.now();
        Optional<RuleEntry> stored = before.filter(entry -> entry.text().revision() > 0);
        RuleText text = stored.map(entry -> entry.text().with(drl, now))
                .orElseGet(() -> new RuleText(name, Origin.DIRECTORY, 1, drl, now, now));
        Optional<RuleStop> stop = before.flatMap(RuleEntry::stop).filter(reason -> reason.holdsFor(text.digest()));
        shelf.store(stored, new RuleEntry(text, Optional.of(document), List.of(), stop));
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
            RuleText text = new RuleText(name, Origin.DIRECTORY, 0, drl, shelf.now(), shelf.now());
            shelf.put(new RuleEntry(text, Optional.empty(), faults, Optional.empty()));
        }
    }
}
