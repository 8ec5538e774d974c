package dev.persona.server.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.persona.quickstart.LocalFleet;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged agent, called with arguments: its command line, beside the one that runs as a service. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class CommandLineIT {
    private static final String SWAPPINESS = "proc/sys/vm/swappiness";

    @TempDir
    static Path directory;

    private static LocalFleet fleet;

    @BeforeAll
    static void start() throws Exception {
        fleet = LocalFleet.withScratchRoot(Path.of("").toAbsolutePath(), directory, Map.of());
        fleet.write(
                "usr/lib/tuned/profiles/quiet/tuned.conf",
                """
                [main]
                summary=Little swapping

                [sysctl]
                vm.swappiness=10

                [bootloader]
                cmdline=quiet
                """);
        fleet.start();
        fleet.server()
                .http()
                .post(
                        "/personas",
                        """
                        {"persona_id": "drill", "persona_groups": ["%s"], "configuration_parameters": {"sysctl.vm.swappiness": 1}}
                        """
                                .formatted(LocalFleet.GROUP),
                        "application/json")
                .expectSuccess();
    }

    @AfterAll
    static void stop() {
        fleet.close();
    }

    @Test
    void orders_are_carried_out_and_shown() throws Exception {
        await().atMost(Duration.ofSeconds(60)).until(() -> run("apply", "drill", "--for", "PT1H", "--reason", "a trial")
                .output()
                .contains("outcome   applied"));
        assertThat(fleet.read(SWAPPINESS)).isEqualTo("1\n");
        assertThat(run("active").succeeds().output())
                .containsPattern("drill +priority")
                .containsPattern("sysctl.vm.swappiness +1 +drill");
        assertThat(run("original").succeeds().output()).containsPattern("sysctl.vm.swappiness +60 +saved ");
        assertThat(run("verify").succeeds().output()).isEqualTo("the host is as it should be\n");
        assertThat(run("status").succeeds().output())
                .startsWith("agent     " + LocalFleet.INSTANCE)
                .contains("connected to ", "a trial  until ");
        assertThat(new ObjectMapper()
                        .readTree(run("status", "--json").succeeds().output())
                        .at("/instance_id")
                        .asText())
                .isEqualTo(LocalFleet.INSTANCE);
        run("unpin", "drill").succeeds();

        assertThat(run("rollback", "--for", "PT10M").succeeds().output()).contains("held");
        Command held = run("apply", "drill");
        assertThat(held.exit()).isEqualTo(1);
        assertThat(held.output()).contains("`POST /personas/resume` first");
        run("resume").succeeds();
        assertThat(fleet.read(SWAPPINESS)).isEqualTo("60\n");
    }

    @Test
    void a_profile_is_imported() throws Exception {
        String root = fleet.root().toString();

        assertThat(program("import-tuned", "quiet", "--root", root, "--group", "db", "--priority", "5")
                        .succeeds()
                        .output())
                .contains("persona_id: tuned-quiet", "priority: 5", "sysctl.vm.swappiness: 10");
        JsonNode document = new ObjectMapper()
                .readTree(program("import-tuned", "quiet", "--root", root, "--json")
                        .succeeds()
                        .output());
        assertThat(document.at("/persona/configuration_parameters")).hasToString("{\"sysctl.vm.swappiness\":10}");
        assertThat(document.at("/not_imported/0/section").asText()).isEqualTo("bootloader");
        Command unknown = program("import-tuned", "loud", "--root", root);
        assertThat(unknown.exit()).isEqualTo(1);
        assertThat(unknown.output()).contains("`loud`");
    }

    @Test
    void what_is_asked_wrongly_is_told_and_starts_no_agent() throws Exception {
        assertThat(program("--version").succeeds().output())
                .matches("persona-agent [0-9]+\\.[0-9]+\\.[0-9]+(-SNAPSHOT)?\n");
        assertThat(program("help").succeeds().output()).contains("Exit codes:", "import-tuned");
        assertThat(program("help", "apply").succeeds().output()).contains("--for=DURATION");
        Command mistyped = program("statsu");
        assertThat(mistyped.exit()).isEqualTo(2);
        assertThat(mistyped.output()).contains("'statsu'", "Did you mean: persona-agent status");
        Command noTime = run("apply", "drill", "--for", "1h");
        assertThat(noTime.exit()).isEqualTo(2);
        assertThat(noTime.output()).contains("`1h` is no time");
        Command nobody = program("status", "--url", "127.0.0.1:9");
        assertThat(nobody.exit()).isEqualTo(3);
        assertThat(nobody.output()).contains("no agent answers at `http://127.0.0.1:9/`");
    }

    private static Command run(String... arguments) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--url", fleet.agent().http().toString()));
        return program(all.toArray(String[]::new));
    }

    private static Command program(String... arguments) throws IOException, InterruptedException {
        return Command.run(fleet.agent().command(arguments).toArray(String[]::new));
    }
}
