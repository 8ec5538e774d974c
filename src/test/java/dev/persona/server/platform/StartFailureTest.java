package dev.persona.server.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code StartFailureIT} doesn't see: databases that are elsewhere, and failures that no operator can mend. */
class StartFailureTest {
    private static final Map<String, String> POSTGRESQL =
            Map.of("quarkus.datasource.jdbc.url", "jdbc:postgresql://db/persona?password=secret");

    /** Connection refused, no such password, no such database. */
    @ParameterizedTest
    @ValueSource(strings = {"08001", "28P01", "3D000"})
    void a_database_that_can_not_be_reached_is_named(String state) {
        RuntimeException failure =
                new RuntimeException("Failed to start quarkus", new SQLException("it said\nno", state));

        assertThat(StartFailure.line(failure, POSTGRESQL::get))
                .hasValue(
                        "the database `jdbc:postgresql://db/persona` can't be opened: it said no; does it run, and are"
                                + " `quarkus.datasource.jdbc.url`, `.username` and `.password` right?");
    }

    @Test
    void what_the_server_did_wrong_itself_keeps_its_stack_trace() {
        assertThat(StartFailure.line(
                        new RuntimeException(new SQLException("no such column", "42S22", 42_122)), POSTGRESQL::get))
                .isEmpty();
        assertThat(StartFailure.line(new RuntimeException(new SQLException("no state")), POSTGRESQL::get))
                .isEmpty();
        assertThat(StartFailure.line(new NullPointerException(), POSTGRESQL::get))
                .isEmpty();
    }
}
