package dev.persona.server.rulebook;

import java.time.Instant;

/** A text that a rule document has had. */
record RuleVersion(String name, long revision, String drl, Instant savedAt) {

    static RuleVersion of(RuleText text) {
        return new RuleVersion(text.name(), text.revision(), text.drl(), text.updatedAt());
    }
}
