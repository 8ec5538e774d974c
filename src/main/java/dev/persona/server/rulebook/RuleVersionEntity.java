package dev.persona.server.rulebook;

import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.time.Instant;

/** The row of a {@link RuleVersion}. */
@Entity
@Table(name = "rule_versions")
class RuleVersionEntity {

    /** Which text of which document. */
    @Embeddable
    record Key(String name, long revision) implements Serializable {}

    @EmbeddedId
    Key key;

    String drl;

    @Column(name = "saved_at")
    Instant savedAt;

    /** For Hibernate. */
    protected RuleVersionEntity() {}

    RuleVersionEntity(RuleVersion version) {
        this.key = new Key(version.name(), version.revision());
        this.drl = version.drl();
        this.savedAt = version.savedAt();
    }

    RuleVersion read() {
        return new RuleVersion(key.name(), key.revision(), drl, savedAt);
    }
}
