package dev.persona.server.rulebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.PolicyException;
import dev.persona.server.rulebook.RuleText.Origin;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.hibernate.exception.ConstraintViolationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the database must do for rule documents, whichever it is. */
abstract class RuleRepositorySuite {
    private static final Instant CREATED = Instant.parse("2026-03-02T08:00:00.123456Z");
    private static final RuleStop DISABLED = new RuleStop(CREATED, Optional.empty());
    private static final RuleStop FAILED = new RuleStop(
            CREATED,
            Optional.of(new RuleStop.Failed(
                    "ab".repeat(32), new RuleFailure(CREATED, "i-1", Optional.of("Night"), "divided by \"nothing\""))));

    @Inject
    RuleRepository repository;

    @Inject
    Rulebook rulebook;

    @BeforeEach
    void empty() {
        repository.texts().forEach(text -> store(Optional.of(text), Optional.empty(), Optional.empty()));
        repository.stops().keySet().forEach(name -> repository.store(name, Optional.empty()));
    }

    @AfterEach
    void leaveNothingBehind() {
        empty();
        rulebook.load();
    }

    @Test
    void what_was_stored_is_loaded_in_order_of_name_and_unchanged() {
        RuleText night = new RuleText("night", Origin.API, 1, "rule\r\n\t\"ü\" 漢", CREATED, CREATED);
        RuleText day = new RuleText("day", Origin.DIRECTORY, 7, "x".repeat(65_536), CREATED, CREATED.plusSeconds(1));

        store(Optional.empty(), Optional.of(night), Optional.of(FAILED));
        store(Optional.empty(), Optional.of(day), Optional.empty());

        assertThat(repository.texts()).containsExactly(day, night);
        assertThat(repository.stops()).isEqualTo(Map.of("night", FAILED));
    }

    @Test
    void a_second_document_of_the_same_name_is_refused() {
        store(Optional.empty(), Optional.of(text(1, "a")), Optional.empty());

        assertThatThrownBy(() -> store(Optional.empty(), Optional.of(text(1, "b")), Optional.empty()))
                .isInstanceOfSatisfying(ConstraintViolationException.class, e -> assertThat(e.getKind())
                        .isEqualTo(ConstraintViolationException.ConstraintKind.UNIQUE));
    }

    @Test
    void each_revision_is_a_version_and_the_oldest_are_forgotten() {
        store(Optional.empty(), Optional.of(text(1, "a")), Optional.empty());
        store(Optional.of(text(1, "a")), Optional.of(text(2, "b")), Optional.empty());
        store(Optional.of(text(2, "b")), Optional.of(text(2, "b")), Optional.of(DISABLED));
        repository.store(Optional.of(text(2, "b")), Optional.of(text(3, "c")), Optional.empty(), 2);

        assertThat(repository.versions("night", 0, 10))
                .containsExactly(
                        new RuleVersion("night", 2, "b", CREATED.plusSeconds(2)),
                        new RuleVersion("night", 3, "c", CREATED.plusSeconds(3)));
        assertThat(repository.versions("night", 2, 10)).hasSize(1);
        assertThat(repository.versions("night", 0, 1)).hasSize(1);
        assertThat(repository.version("night", 2)).map(RuleVersion::drl).contains("b");
        assertThat(repository.version("night", 1)).isEmpty();
        assertThat(repository.version("day", 2)).isEmpty();
    }

    @Test
    void a_change_of_a_revision_that_is_no_longer_there_is_refused_and_changes_nothing() {
        store(Optional.empty(), Optional.of(text(2, "b")), Optional.empty());

        assertThatThrownBy(() -> store(Optional.of(text(1, "a")), Optional.of(text(2, "c")), Optional.of(DISABLED)))
                .isInstanceOfSatisfying(
                        PolicyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REVISION_MISMATCH));
        assertThat(repository.texts()).containsExactly(text(2, "b"));
        assertThat(repository.stops()).isEmpty();
    }

    @Test
    void a_deleted_document_is_gone_with_its_versions_and_its_stop() {
        store(Optional.empty(), Optional.of(text(1, "a")), Optional.of(DISABLED));

        store(Optional.of(text(1, "a")), Optional.empty(), Optional.empty());

        assertThat(repository.texts()).isEmpty();
        assertThat(repository.versions("night", 0, 10)).isEmpty();
        assertThat(repository.stops()).isEmpty();
        store(Optional.empty(), Optional.of(text(1, "b")), Optional.empty());
        assertThat(repository.version("night", 1)).map(RuleVersion::drl).contains("b");
    }

    @Test
    void a_document_is_stopped_otherwise_and_put_into_force_again() {
        repository.store("shipped", Optional.of(FAILED));
        repository.store("shipped", Optional.of(DISABLED));

        assertThat(repository.stops()).isEqualTo(Map.of("shipped", DISABLED));

        repository.store("shipped", Optional.empty());

        assertThat(repository.stops()).isEmpty();
    }

    private void store(Optional<RuleText> before, Optional<RuleText> after, Optional<RuleStop> stop) {
        repository.store(before, after, stop, 10);
    }

    private static RuleText text(long revision, String drl) {
        return new RuleText("night", Origin.API, revision, drl, CREATED, CREATED.plusSeconds(revision));
    }
}
