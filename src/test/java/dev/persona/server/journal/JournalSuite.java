package dev.persona.server.journal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.persona.server.TestClock;
import dev.persona.server.journal.HistoryEntry.Kind;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the database must do for the history, whichever it is. */
abstract class JournalSuite {
    @Inject
    Journal journal;

    @Inject
    JournalConfig config;

    @Inject
    TestClock clock;

    @Inject
    DataSource dataSource;

    private final String instance = "i-" + UUID.randomUUID();

    @BeforeEach
    void registerInstance() throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement insert = connection.prepareStatement(
                        "insert into instances (instance_id, agent_tags, server_tags, tags_revision, registered_at)"
                                + " values (?, '{}', '{}', 0, current_timestamp)")) {
            insert.setString(1, instance);
            insert.executeUpdate();
        }
    }

    @Test
    void entries_are_read_newest_first_and_unchanged() {
        HistoryEntry first = entry(Kind.REGISTERED, now(), "ü".repeat(60_000));
        HistoryEntry second = entry(Kind.DECIDED, now().plusNanos(1_000), "2");

        journal.append(List.of(first, second));

        assertThat(journal.newestFirst(instance, Long.MAX_VALUE, 10))
                .extracting(Journal.Numbered::entry)
                .containsExactly(second, first);
    }

    @Test
    void a_page_goes_on_below_a_number() {
        journal.append(List.of(entry(Kind.REGISTERED, now(), "1"), entry(Kind.DECIDED, now(), "2")));
        long newest = journal.newestFirst(instance, Long.MAX_VALUE, 1).get(0).number();

        assertThat(journal.newestFirst(instance, newest, 10))
                .extracting(numbered -> numbered.entry().kind())
                .containsExactly(Kind.REGISTERED);
    }

    @Test
    void more_entries_than_are_kept_are_forgotten_from_the_oldest_on() {
        List<HistoryEntry> entries = new ArrayList<>();
        for (int i = 0; i < config.entriesPerInstance() + 5; i++) {
            entries.add(entry(Kind.CONNECTED, now(), Integer.toString(i)));
        }
        journal.append(entries);

        journal.forgetOld(now());

        List<Journal.Numbered> kept = journal.newestFirst(instance, Long.MAX_VALUE, entries.size());
        assertThat(kept).hasSize(config.entriesPerInstance());
        assertThat(kept.get(kept.size() - 1).entry().detail().path("text").asText())
                .isEqualTo("5");
    }

    @Test
    void entries_that_are_too_old_are_forgotten() {
        HistoryEntry young = entry(Kind.DECIDED, now(), "young");
        journal.append(
                List.of(entry(Kind.DECIDED, now().minus(config.keepFor()).minus(Duration.ofMinutes(1)), "old"), young));

        journal.forgetOld(now());

        assertThat(journal.newestFirst(instance, Long.MAX_VALUE, 10))
                .extracting(Journal.Numbered::entry)
                .containsExactly(young);
    }

    private HistoryEntry entry(Kind kind, Instant at, String text) {
        ObjectNode detail = JsonNodeFactory.instance.objectNode().put("text", text);
        return new HistoryEntry(instance, at, kind, detail);
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
