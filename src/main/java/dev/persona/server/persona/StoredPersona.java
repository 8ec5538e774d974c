package dev.persona.server.persona;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * A persona in the store.
 *
 * @param document as its author wrote it, complete; never changed
 * @param persona what it means; absent if an earlier version of the server stored what this one finds faults in
 */
record StoredPersona(
        String personaId,
        ObjectNode document,
        long revision,
        Instant createdAt,
        Instant updatedAt,
        Optional<Persona> persona) {

    static StoredPersona of(ObjectNode document, Persona persona) {
        return new StoredPersona(
                persona.personaId(),
                document,
                persona.revision(),
                persona.createdAt(),
                persona.updatedAt(),
                Optional.of(persona));
    }

    Set<String> groups() {
        return PersonaDocument.groups(document);
    }

    boolean enabled() {
        return document.path("enabled").asBoolean();
    }

    /** What callers see: the document and what the server made. */
    ObjectNode view() {
        return document.deepCopy()
                .put("revision", revision)
                .put("created_at", createdAt.toString())
                .put("updated_at", updatedAt.toString());
    }
}
