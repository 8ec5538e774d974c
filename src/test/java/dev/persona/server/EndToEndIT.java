package dev.persona.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.quickstart.Http;
import dev.persona.quickstart.Load;
import dev.persona.quickstart.LocalFleet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Both packaged programs as processes, over real sockets: the whole loop, and the whole loop with one of them killed. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class EndToEndIT {
    private static final String CPU_WEIGHT = "sys/fs/cgroup/persona.slice/cpu.weight";
    private static final String MEMORY_HIGH = "sys/fs/cgroup/persona.slice/memory.high";
    private static final String SWAPPINESS = "proc/sys/vm/swappiness";
    private static final String MOTD = "etc/motd";
    private static final String SLOW = "srv/slow-value";

    @TempDir
    Path directory;

    private LocalFleet fleet;
    private SortedMap<String, String> original;

    @BeforeEach
    void describe() throws Exception {
        Path script = Files.writeString(
                directory.resolve("slow.sh"),
                """
                #!/bin/sh
                touch "%1$s/begun"
                sleep 3
                printf '%%s\\n' "$1" > "%1$s/root/%2$s"
                """
                        .formatted(directory, SLOW));
        fleet = LocalFleet.withScratchRoot(
                Path.of("").toAbsolutePath(),
                directory,
                Map.of(
                        "persona.agent.custom.slow.read",
                        "/bin/cat," + directory.resolve("root").resolve(SLOW),
                        "persona.agent.custom.slow.apply",
                        "/bin/sh," + script + ",{value}",
                        "persona.agent.metrics.custom.folder",
                        directory.toString(),
                        "persona.agent.verify-interval",
                        "PT1S"));
        fleet.write(SLOW, "one\n");
        original = fleet.files();
    }

    @AfterEach
    void stop() {
        fleet.close();
    }

    @Test
    void a_persona_holds_under_load_loses_a_key_to_another_and_everything_is_put_back() throws Exception {
        playWith(() -> {});
    }

    @Test
    void a_server_killed_in_the_middle_changes_nothing_of_that() throws Exception {
        playWith(() -> {
            fleet.server().kill();
            fleet.server().start();
        });
    }

    /** @param interruption happens while a persona is active */
    private void playWith(Interruption interruption) throws Exception {
        fleet.start();
        create("high-load");
        create("lockdown");

        try (Load load = Load.onEveryProcessor()) {
            JsonNode loaded = fleet.awaitDecision("high-load", decision -> isActive(decision, "high-load"));
            fleet.awaitFile(CPU_WEIGHT, "800\n");
            fleet.awaitFile(MEMORY_HIGH, "2147483648\n");
            fleet.awaitFile(SWAPPINESS, "1\n");
            assertThat(loaded.at("/configuration")
                            .path("memory.high")
                            .path("value")
                            .asText())
                    .isEqualTo("2GiB");
            assertThat(loaded.at("/reasons/0/detail").asText()).contains("system.cpu.utilization");

            interruption.happen();
            await().atMost(Duration.ofSeconds(60)).until(this::isAgentConnected);
            alert();
            JsonNode contested = fleet.awaitDecision("lockdown", decision -> isActive(decision, "lockdown"));
            fleet.awaitFile(CPU_WEIGHT, "20\n");
            assertThat(contested.path("conflicts"))
                    .hasToString("[{\"parameter\":\"cpu.weight\",\"winner\":\"lockdown\",\"losers\":[\"high-load\"]}]");
            fleet.awaitFile(MOTD, "This host is locked down: a critical alert is being looked into.\n");
            assertThat(fleet.read(SWAPPINESS)).isEqualTo("1\n");

            rollBack();
        }

        assertThat(fleet.files()).isEqualTo(original);
        JsonNode held = fleet.awaitDecision("the hold", decision -> decision.hasNonNull("hold"));
        assertThat(held.path("active_personas")).isEmpty();
        assertThat(held.path("configuration")).isEmpty();
    }

    @Test
    void a_pin_made_while_the_server_is_away_counts_when_it_is_back() throws Exception {
        fleet.start();
        create("everyday");
        create("high-load");
        fleet.awaitFile(SWAPPINESS, "30\n");
        JsonNode before = fleet.awaitDecision("everyday", decision -> isActive(decision, "everyday"));

        fleet.server().kill();
        JsonNode alone = fleet.agent().http().get("/personas/active").expectSuccess();
        Http.Answer misspelt = fleet.agent().http().send("POST", "/personas/apply/high-load?fro=PT1H", "", "");
        assertThat(misspelt.status()).isEqualTo(400);
        assertThat(misspelt.body().toString()).contains("`fro` is not one of this call; it takes `for`");
        fleet.agent()
                .http()
                .send("POST", "/personas/apply/high-load?for=PT1H", "", "")
                .expectSuccess();
        fleet.awaitFile(CPU_WEIGHT, "800\n");
        fleet.server().start();

        JsonNode after = fleet.awaitDecision("the pin", decision -> isActive(decision, "high-load"));
        assertThat(alone.toString()).contains("everyday");
        assertThat(since(after, "everyday")).isEqualTo(since(before, "everyday"));
        assertThat(after.path("revision").asLong())
                .isEqualTo(before.path("revision").asLong() + 1);
        assertThat(fleet.read(CPU_WEIGHT)).isEqualTo("800\n");

        rollBack();
        assertThat(fleet.files()).isEqualTo(original);
    }

    @Test
    void a_decision_that_fell_due_while_the_server_was_away_is_made_when_it_starts() throws Exception {
        fleet.start();
        fleet.server()
                .http()
                .post(
                        "/personas",
                        """
                        {"persona_id": "brief", "persona_groups": ["quickstart"],
                         "configuration_parameters": {"cpu.weight": 300},
                         "activation_triggers": [{"type": "external_event_subscriptions",
                                                  "event_type": "com.example.alert", "hold": "PT1S"}]}
                        """,
                        "application/json")
                .expectSuccess();
        fleet.awaitInstance("the agent's hello", instance -> true);
        alert();

        fleet.server().kill();
        fleet.server().start();

        JsonNode decision = fleet.awaitDecision("the end of the hold", answer -> !isActive(answer, "brief"));
        assertThat(decision.path("reasons").toString()).contains("deactivated");
        fleet.awaitFile(CPU_WEIGHT, "100\n");
    }

    @Test
    void an_agent_killed_while_it_applies_ends_in_the_right_configuration_and_still_knows_the_original()
            throws Exception {
        fleet.start();
        create("everyday");
        fleet.awaitFile(SWAPPINESS, "30\n");
        fleet.server()
                .http()
                .post(
                        "/personas",
                        """
                        {"persona_id": "slow", "persona_name": "Slow", "persona_groups": ["quickstart"], "priority": 500,
                         "configuration_parameters": {"cpu.weight": 300, "custom.slow": "two", "sysctl.vm.swappiness": 5},
                         "activation_triggers": [{"type": "time_schedule", "from": "00:00", "to": "00:00", "timezone": "UTC"}]}
                        """,
                        "application/json")
                .expectSuccess();

        // The slow command holds the agent in the middle of the transition.
        await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(directory.resolve("begun")));
        fleet.agent().kill();
        SortedMap<String, String> torn = fleet.files();
        fleet.agent().start();

        assertThat(torn).isNotEqualTo(original);
        fleet.awaitFile(SLOW, "two\n");
        fleet.awaitFile(SWAPPINESS, "5\n");
        fleet.awaitFile(CPU_WEIGHT, "300\n");
        rollBack();
        assertThat(fleet.files()).isEqualTo(original);
    }

    @Test
    void a_metric_that_a_program_of_the_host_writes_down_switches_a_persona() throws Exception {
        writeQueueLength(3);
        fleet.start();
        fleet.server()
                .http()
                .post(
                        "/personas",
                        """
                        {"persona_id": "drain", "persona_groups": ["quickstart"],
                         "configuration_parameters": {"cpu.weight": 400},
                         "activation_triggers": [{"type": "resource_utilization_thresholds",
                                                  "metric": "queue_length{queue=mail}", "operator": ">", "value": 100}]}
                        """,
                        "application/json")
                .expectSuccess();
        fleet.awaitInstance("the agent's hello", instance -> true);

        writeQueueLength(2_000);
        JsonNode busy = fleet.awaitDecision("a long queue", decision -> isActive(decision, "drain"));
        fleet.awaitFile(CPU_WEIGHT, "400\n");
        writeQueueLength(7);
        fleet.awaitDecision("a short queue", decision -> !isActive(decision, "drain"));

        assertThat(busy.at("/reasons/0/detail").asText()).contains("queue_length{queue=mail}");
        fleet.awaitFile(CPU_WEIGHT, "100\n");
    }

    @Test
    void what_somebody_changes_on_the_host_shows_on_the_server_until_it_is_put_back() throws Exception {
        fleet.start();
        create("everyday");
        fleet.awaitFile(SWAPPINESS, "30\n");

        fleet.write(SWAPPINESS, "77\n");
        JsonNode drifted =
                fleet.awaitInstance("the drift", instance -> !drift(instance).isEmpty());
        fleet.write(SWAPPINESS, "30\n");
        fleet.awaitInstance("the end of the drift", instance -> drift(instance).isEmpty());

        assertThat(drift(drifted).at("/sysctl.vm.swappiness/expected").asText()).isEqualTo("30");
        assertThat(drift(drifted).at("/sysctl.vm.swappiness/found").asText()).isEqualTo("77");
        assertThat(drift(drifted).at("/sysctl.vm.swappiness/since").asText()).endsWith("Z");
    }

    private static JsonNode drift(JsonNode instance) {
        return instance.at("/last_apply/drift");
    }

    private void writeQueueLength(int length) throws IOException {
        Path beside =
                Files.writeString(directory.resolve("queue.new"), "queue_length{queue=\"mail\"} " + length + "\n");
        Files.move(beside, directory.resolve("queue.prom"), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Something that comes in between. */
    private interface Interruption {
        void happen() throws Exception;
    }

    private boolean isAgentConnected() throws IOException, InterruptedException {
        JsonNode status = fleet.agent().http().get("/status").expectSuccess();
        return status.at("/connection/state").asText().equals("connected");
    }

    private void create(String personaId) throws IOException, InterruptedException {
        String text = Files.readString(Path.of("quickstart/personas", personaId + ".yaml"));
        fleet.server().http().post("/personas", text, "application/yaml").expectSuccess();
    }

    private void alert() throws IOException, InterruptedException {
        fleet.server()
                .http()
                .post(
                        "/events",
                        """
                        {"specversion": "1.0", "id": "1", "source": "/siem", "type": "com.example.alert",
                         "subject": "%s", "data": {"severity": "critical"}}
                        """
                                .formatted(LocalFleet.INSTANCE),
                        "application/cloudevents+json")
                .expectSuccess();
    }

    private void rollBack() throws IOException, InterruptedException {
        fleet.agent()
                .http()
                .post("/personas/rollback", "{\"reason\": \"the test is over\"}", "application/json")
                .expectSuccess();
    }

    private static boolean isActive(JsonNode decision, String personaId) {
        return !since(decision, personaId).isEmpty();
    }

    /** Since when a persona is active, empty if it is not. */
    private static String since(JsonNode decision, String personaId) {
        return StreamSupport.stream(decision.path("active_personas").spliterator(), false)
                .filter(active -> active.path("persona_id").asText().equals(personaId))
                .map(active -> active.path("since").asText())
                .findFirst()
                .orElse("");
    }
}
