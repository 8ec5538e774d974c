package dev.persona.server.rulebook;

import dev.persona.server.platform.Fault;
import dev.persona.server.rule.RuleDocument;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A rule document as it stands in this server.
 *
 * @param text the last good one; of a document that never was good, the faulty one
 * @param document the text compiled; absent if that has faults
 * @param faults of the stored text, if there is no document
 * @param stop why it isn't in force, if that isn't for its faults
 */
record RuleEntry(RuleText text, Optional<RuleDocument> document, List<Fault> faults, Optional<RuleStop> stop) {
    RuleEntry {
        faults = List.copyOf(faults);
    }

    /** Whether a document is in force, or why it isn't. */
    enum Status {
        ACTIVE,
        /** Somebody has disabled it. */
        DISABLED,
        /** It was stopped, because it failed too often in a row. */
        FAILED,
        /** It has faults. */
        FAULTY;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    String name() {
        return text.name();
    }

    Status status() {
        if (document.isEmpty()) {
            return Status.FAULTY;
        }
        return stop.map(reason -> reason.failure().isPresent() ? Status.FAILED : Status.DISABLED)
                .orElse(Status.ACTIVE);
    }

    /** The document, if it is in force. */
    Optional<RuleDocument> inForce() {
        return stop.isEmpty() ? document : Optional.empty();
    }

    /** Whether nobody has disabled it. */
    boolean enabled() {
        return status() != Status.DISABLED;
    }

    RuleEntry with(Optional<RuleStop> otherStop) {
        return new RuleEntry(text, document, faults, otherStop);
    }
}
