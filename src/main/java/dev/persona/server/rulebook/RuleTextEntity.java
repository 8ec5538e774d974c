package dev.persona.server.rulebook;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Locale;

/** The row of a rule document's present text. */
@Entity
@Table(name = "rule_texts")
class RuleTextEntity {
    @Id
    String name;

    String origin;
    long revision;
    String drl;

    @Column(name = "created_at")
    Instant createdAt;

    @Column(name = "updated_at")
    Instant updatedAt;

    /** Takes over everything. */
    RuleTextEntity write(RuleText text) {
        name = text.name();
        origin = text.origin().word();
        revision = text.revision();
        drl = text.drl();
        createdAt = text.createdAt();
        updatedAt = text.updatedAt();
        return this;
    }

    RuleText read() {
        RuleText.Origin from = RuleText.Origin.valueOf(origin.toUpperCase(Locale.ROOT));
        return new RuleText(name, from, revision, drl, createdAt, updatedAt);
    }
}
