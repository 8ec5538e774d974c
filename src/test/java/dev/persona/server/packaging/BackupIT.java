package dev.persona.server.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.quickstart.LocalFleet;
import dev.persona.quickstart.Program;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Backup and restoring, by the commands of {@code docs/deployment.md}. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class BackupIT {
    private static final String PERSONA =
            """
            {"persona_id": "always", "persona_groups": ["db"], "configuration_parameters": {"cpu.weight": 800},
             "activation_triggers": [{"type": "time_schedule", "from": "00:00", "to": "00:00", "timezone": "UTC"}]}
            """;

    @TempDir
    Path folder;

    @Test
    void a_server_on_h2_comes_back_from_its_file_and_from_text() throws Exception {
        Path database = folder.resolve("data/persona.mv.db");
        Path copy = folder.resolve("copy.mv.db");
        Path text = folder.resolve("persona.sql.gz");
        JsonNode before;
        try (Program server = server(folder)) {
            server.start();
            server.http().post("/personas", PERSONA, "application/json").expectSuccess();
            server.http()
                    .send("PUT", "/instances/db-1/tags", "{\"persona_group\": \"db\"}", "application/json")
                    .expectSuccess();
            server.http()
                    .post("/instances/db-1/reports", "{\"metrics\": {}}", "application/json")
                    .expectSuccess();
            before = decision(server);
        }
        assertThat(before.at("/active_personas/0/persona_id").asText()).isEqualTo("always");
        Files.copy(database, copy);
        h2("Script", folder, text);

        try (Program server = server(folder)) {
            server.start();
            assertThat(server.http().send("DELETE", "/personas/always", "", "").status())
                    .isEqualTo(204);
        }
        Files.copy(copy, database, StandardCopyOption.REPLACE_EXISTING);
        try (Program server = server(folder)) {
            server.start();
            assertThat(decision(server)).isEqualTo(before);
        }

        Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
        h2("RunScript", elsewhere, text);
        try (Program server = server(elsewhere)) {
            server.start();
            assertThat(decision(server)).isEqualTo(before);
        }
    }

    @Test
    void a_postgresql_comes_back_from_its_dump() throws Exception {
        assumeTrue(
                Arrays.stream(System.getenv("PATH").split(":"))
                        .anyMatch(path -> Files.exists(Path.of(path, "pg_dump"))),
                "needs pg_dump and pg_restore");
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
                Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            Flyway flyway = Flyway.configure()
                    .dataSource(postgres.getPostgresDatabase())
                    .load();
            flyway.migrate();
            statement.execute("insert into persona values ('always', 1, '{}', now(), now())");
            statement.execute("insert into persona_group values ('always', 'db')");
            String where = "postgresql://postgres:postgres@127.0.0.1:" + postgres.getPort() + "/postgres";
            Path dump = folder.resolve("persona.dump");

            Command.run("pg_dump", "--format=custom", "--dbname=" + where, "--file=" + dump)
                    .succeeds();
            statement.execute("delete from persona");
            Command.run("pg_restore", "--clean", "--if-exists", "--dbname=" + where, dump.toString())
                    .succeeds();

            flyway.validate();
            try (ResultSet rows = statement.executeQuery("select group_name from persona_group")) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getString(1)).isEqualTo("db");
            }
        }
    }

    private static Program server(Path folder) {
        return LocalFleet.server(Path.of("").toAbsolutePath(), folder);
    }

    private static JsonNode decision(Program server) throws Exception {
        return server.http().get("/instances/db-1/decision").expectSuccess();
    }

    /** @param tool of {@code org.h2.tools}: {@code Script} writes the text, {@code RunScript} reads it */
    private static void h2(String tool, Path folder, Path text) throws Exception {
        String h2 = Arrays.stream(System.getProperty("java.class.path").split(":"))
                .filter(entry -> entry.matches(".*/h2-[0-9.]+jar"))
                .findFirst()
                .orElseThrow();
        Command.run(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        h2,
                        "org.h2.tools." + tool,
                        "-url",
                        "jdbc:h2:file:" + folder.resolve("data/persona"),
                        "-user",
                        "",
                        "-script",
                        text.toString(),
                        "-options",
                        "compression",
                        "gzip")
                .succeeds();
    }
}
