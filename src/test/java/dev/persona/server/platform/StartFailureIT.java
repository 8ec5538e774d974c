package dev.persona.server.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.persona.quickstart.LocalFleet;
import dev.persona.quickstart.Program;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged server, when it can't start: one line says what to do, and there is no stack trace. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class StartFailureIT {
    @TempDir
    Path folder;

    @Test
    void a_second_server_on_a_folder_names_it() throws Exception {
        try (Program first = server(Map.of())) {
            first.start();

            assertEnds(
                    server(Map.of()),
                    "the server can't start: another server is at work on the database in `" + folder.resolve("data")
                            + "`; stop it, or give this one a folder of its own in `persona.data.dir`");
            assertThat(first.isRunning()).isTrue();
        }
    }

    @Test
    void a_data_folder_that_is_none_is_named() throws Exception {
        Files.createFile(folder.resolve("data"));

        assertEnds(
                server(Map.of()),
                "the server can't start: the database in `" + folder.resolve("data") + "` can't be opened: ",
                "; set `persona.data.dir` to a folder that the server's user may write in");
    }

    @Test
    void a_taken_port_is_named() throws Exception {
        try (Program server = server(Map.of());
                ServerSocket other = new ServerSocket(server.port(), 1, InetAddress.getByName("127.0.0.1"))) {
            assertEnds(
                    server,
                    "the server can't start: port " + other.getLocalPort() + " of `127.0.0.1` can't be opened: ",
                    "; stop the program that has it (`ss -ltnp` names it), or set `quarkus.http.port` to another one");
        }
    }

    @Test
    void what_is_wrong_in_the_configuration_is_named_all_at_once() {
        assertEnds(
                server(Map.of("persona.personas.default-zone", "Mars/Base", "persona.fleet.flsh-interval", "PT1S")),
                "the server can't start: ",
                "persona.personas.default-zone",
                "\"Mars/Base\"",
                "write one of IANA's names, as in `Europe/Berlin`",
                "persona.fleet.flsh-interval");
    }

    private Program server(Map<String, String> settings) {
        return LocalFleet.server(Path.of("").toAbsolutePath(), folder, settings, List.of());
    }

    private static void assertEnds(Program server, String... said) {
        assertThatThrownBy(server::start)
                .hasMessageStartingWith("server ended with 1:")
                .hasMessageContainingAll(said)
                .satisfies(ended -> assertThat(ended.getMessage()).doesNotContain("\tat "));
    }
}
