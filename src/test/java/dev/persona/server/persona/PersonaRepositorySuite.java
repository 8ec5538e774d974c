package dev.persona.server.persona;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.PolicyException;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.hibernate.exception.ConstraintViolationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the database must do for personas, whichever it is. */
abstract class PersonaRepositorySuite {
    private static final Instant CREATED = Instant.parse("2026-03-02T08:00:00.123456Z");
    private static final Instant UPDATED = Instant.parse("2026-03-02T09:00:00Z");

    @Inject
    PersonaRepository repository;

    @Inject
    Personas personas;

    @BeforeEach
    void empty() {
        repository.load().forEach(row -> repository.store(Optional.of(stored(row)), Optional.empty()));
    }

    @AfterEach
    void leaveNothingBehind() {
        empty();
        personas.load();
    }

    @Test
    void what_was_stored_is_loaded_in_order_of_id_and_unchanged() {
        StoredPersona night = persona("night", 1, "{\"cpu.max\":\"150%\",\"custom.x\":1.50}", "db", "web");
        StoredPersona day = persona("day", 7, "{\"file.motd\":\"" + "ü".repeat(60_000) + "\"}");

        repository.store(Optional.empty(), Optional.of(night));
        repository.store(Optional.empty(), Optional.of(day));

        assertThat(repository.load()).extracting(PersonaRepositorySuite::stored).containsExactly(day, night);
    }

    @Test
    void a_second_persona_of_the_same_id_is_refused() {
        StoredPersona night = persona("night", 1, "{}");
        repository.store(Optional.empty(), Optional.of(night));

        assertThatThrownBy(() -> repository.store(Optional.empty(), Optional.of(night)))
                .isInstanceOfSatisfying(ConstraintViolationException.class, e -> assertThat(e.getKind())
                        .isEqualTo(ConstraintViolationException.ConstraintKind.UNIQUE));
    }

    @Test
    void a_change_takes_the_place_of_what_was_there_groups_included() {
        StoredPersona before = persona("night", 1, "{}", "db", "web");
        StoredPersona after = persona("night", 2, "{\"cpu.weight\":1}", "web", "cache");
        repository.store(Optional.empty(), Optional.of(before));

        repository.store(Optional.of(before), Optional.of(after));

        assertThat(rows()).containsExactly(after);
    }

    @Test
    void a_change_of_a_revision_that_is_no_longer_there_is_refused_and_changes_nothing() {
        StoredPersona stored = persona("night", 2, "{}", "db");
        StoredPersona stale = persona("night", 1, "{}");
        repository.store(Optional.empty(), Optional.of(stored));

        assertThatThrownBy(() -> repository.store(Optional.of(stale), Optional.of(persona("night", 2, "{}", "web"))))
                .isInstanceOfSatisfying(
                        PolicyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REVISION_MISMATCH));
        assertThat(rows()).containsExactly(stored);
    }

    @Test
    void a_deleted_persona_is_gone_with_its_groups() {
        StoredPersona night = persona("night", 1, "{}", "db");
        repository.store(Optional.empty(), Optional.of(night));

        repository.store(Optional.of(night), Optional.empty());

        assertThat(rows()).isEmpty();
        repository.store(Optional.empty(), Optional.of(persona("night", 1, "{}")));
        assertThat(rows()).extracting(StoredPersona::groups).containsExactly(Set.of());
    }

    private List<StoredPersona> rows() {
        return repository.load().stream().map(PersonaRepositorySuite::stored).toList();
    }

    private static StoredPersona stored(PersonaEntity row) {
        ObjectNode document = PersonaDocument.parse(row.document(), row.groups());
        return new StoredPersona(
                row.personaId(), document, row.revision(), row.createdAt(), row.updatedAt(), Optional.empty());
    }

    private static StoredPersona persona(String id, long revision, String parameters, String... groups) {
        String text = "{\"persona_id\":\"" + id + "\",\"configuration_parameters\":" + parameters + "}";
        ObjectNode document = PersonaDocument.complete(PersonaDocument.parse(text, Set.of(groups)));
        return new StoredPersona(id, document, revision, CREATED, UPDATED, Optional.empty());
    }
}
