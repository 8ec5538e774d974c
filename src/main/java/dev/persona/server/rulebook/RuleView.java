package dev.persona.server.rulebook;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.persona.server.platform.Fault;
import dev.persona.server.rule.RuleDocument;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A rule document as callers see it.
 *
 * @param rules the names of its rules
 * @param drl the text; left out in lists
 * @param warnings what is odd about it as of now
 * @param errors of its text, or of a file of its name, which therefore isn't in force
 * @param lastFailure since it was saved, or since the server started
 */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_ABSENT)
record RuleView(
        String name,
        String origin,
        long revision,
        boolean enabled,
        String status,
        List<String> rules,
        Optional<String> drl,
        List<String> warnings,
        List<Fault> errors,
        Optional<RuleFailure> lastFailure,
        Optional<Instant> createdAt,
        Optional<Instant> updatedAt) {

    /** @param personas the ids of all personas that there are */
    static RuleView of(RuleEntry entry, Set<String> personas, List<Fault> errors, Optional<RuleFailure> lastFailure) {
        RuleText text = entry.text();
        boolean shipped = text.origin() == RuleText.Origin.SHIPPED;
        return new RuleView(
                text.name(),
                text.origin().word(),
                text.revision(),
                entry.enabled(),
                entry.status().word(),
                entry.document().map(RuleDocument::ruleNames).orElse(List.of()),
                Optional.of(text.drl()),
                entry.document()
                        .map(document -> document.unknownPersonas(personas))
                        .orElse(List.of()),
                errors,
                lastFailure,
                shipped ? Optional.empty() : Optional.of(text.createdAt()),
                shipped ? Optional.empty() : Optional.of(text.updatedAt()));
    }

    RuleView withoutText() {
        return new RuleView(
                name,
                origin,
                revision,
                enabled,
                status,
                rules,
                Optional.empty(),
                warnings,
                errors,
                lastFailure,
                createdAt,
                updatedAt);
    }
}
