package dev.persona.server.persona;

import jakarta.persistence.CollectionTable;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/** The row of a persona, and those of its groups. */
@Entity
@Table(name = "persona")
class PersonaEntity {
    @Id
    @Column(name = "persona_id")
    private String personaId;

    private long revision;

    private String document;

    @Column(name = "created_at")
    private Instant createdAt;

    @Column(name = "updated_at")
    private Instant updatedAt;

    @ElementCollection
    @CollectionTable(name = "persona_group", joinColumns = @JoinColumn(name = "persona_id"))
    @Column(name = "group_name")
    private Set<String> groups = new HashSet<>();

    /** For Hibernate. */
    protected PersonaEntity() {}

    PersonaEntity(StoredPersona persona) {
        this.personaId = persona.personaId();
        this.createdAt = persona.createdAt();
        write(persona);
    }

    /** Takes over everything that can change. */
    final void write(StoredPersona persona) {
        revision = persona.revision();
        updatedAt = persona.updatedAt();
        document = PersonaDocument.text(persona.document());
        groups.retainAll(persona.groups());
        groups.addAll(persona.groups());
    }

    String personaId() {
        return personaId;
    }

    long revision() {
        return revision;
    }

    String document() {
        return document;
    }

    Instant createdAt() {
        return createdAt;
    }

    Instant updatedAt() {
        return updatedAt;
    }

    Set<String> groups() {
        return Set.copyOf(groups);
    }
}
