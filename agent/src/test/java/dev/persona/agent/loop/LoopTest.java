package dev.persona.agent.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.agent.activation.Enforcement;
import dev.persona.agent.activation.PinOutcome;
import dev.persona.agent.applier.Appliers;
import dev.persona.agent.applier.HostCommands;
import dev.persona.agent.link.Connection;
import dev.persona.agent.link.FakeServer;
import dev.persona.agent.link.FastLink;
import dev.persona.agent.link.Link;
import dev.persona.agent.platform.AgentConfig;
import dev.persona.agent.platform.Configured;
import dev.persona.agent.platform.DeclaredHost;
import dev.persona.agent.platform.HostFiles;
import dev.persona.agent.platform.HostRoot;
import dev.persona.agent.platform.Identity;
import dev.persona.agent.platform.LinuxFiles;
import dev.persona.agent.platform.Permission;
import dev.persona.agent.protocol.AgentMessage.Report;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.vertx.http.HttpServerStart;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole agent but its sensor and its REST API, against a server on a real socket and a host in a folder. */
class LoopTest {
    private static final InstantSource CLOCK = InstantSource.system();

    private final Vertx vertx = Vertx.vertx();
    private Supplier<Report> sensor =
            () -> new Report(CLOCK.instant(), Map.of("system.cpu.utilization", 0.5), List.of());
    private FakeServer server;
    private Enforcement enforcement;
    private Link link;
    private Loop loop;

    @TempDir
    Path folder;

    @BeforeEach
    void host() throws IOException {
        Files.createDirectories(swappiness().getParent());
        Files.writeString(swappiness(), "60\n");
        server = new FakeServer(vertx);
    }

    @AfterEach
    void stop() {
        loop.stop();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void reports_as_soon_as_it_is_welcomed() {
        start(config());

        await().until(() -> server.receivedTypes().contains("report"));
        assertThat(server.receivedTypes()).first().isEqualTo("hello");
        assertThat(server.received.get(0).at("/tags/persona_group/0").textValue())
                .isEqualTo("db");
    }

    @Test
    void goes_on_reporting_after_a_reading_that_failed() {
        Supplier<Report> working = sensor;
        List<String> failures = new ArrayList<>(List.of("once", "twice"));
        sensor = () -> {
            if (!failures.isEmpty()) {
                throw new IllegalStateException(failures.remove(0));
            }
            return working.get();
        };

        start(config("report-interval", "PT1S"));

        await().until(() -> server.receivedTypes().contains("report"));
    }

    @Test
    void carries_out_a_decision_and_acknowledges_it() throws IOException {
        connect();

        server.send(decision(8, 10));

        await().until(() -> server.receivedTypes().contains("acknowledgement"));
        JsonNode acknowledgement = received("acknowledgement");
        assertThat(acknowledgement.get("revision").longValue()).isEqualTo(8);
        assertThat(acknowledgement.get("outcome").textValue()).isEqualTo("applied");
        assertThat(Files.readString(swappiness())).isEqualTo("10\n");
    }

    @Test
    void the_last_of_many_decisions_holds_in_the_end() {
        connect();

        for (int revision = 1; revision <= 50; revision++) {
            server.send(decision(revision, revision));
        }

        await().until(() -> enforcement.revisionInForce().equals(Optional.of(50L)));
        await().untilAsserted(() -> assertThat(Files.readString(swappiness())).isEqualTo("50\n"));
    }

    @Test
    void an_order_given_on_the_host_is_told_and_ends_when_its_time_is_up() throws IOException {
        connect();
        server.send(
                """
                {"type": "personas", "personas": [{"persona_id": "calm", "persona_name": "Calm", "priority": 1,
                 "revision": 1, "configuration_parameters": {"sysctl.vm.swappiness": 10}}]}""");
        PinOutcome pinned = await().until(
                        () -> enforcement.pin("calm", "alice", "a try", Optional.of(Duration.ofMillis(300))),
                        PinOutcome.Pinned.class::isInstance);

        loop.ordered(((PinOutcome.Pinned) pinned).acknowledgement());

        await().until(() -> server.receivedTypes().contains("orders"));
        assertThat(received("orders").at("/pins/0/persona_id").textValue()).isEqualTo("calm");
        await().until(() -> enforcement.orders().pins().isEmpty());
        await().untilAsserted(() -> assertThat(Files.readString(swappiness())).isEqualTo("60\n"));
        await().untilAsserted(() ->
                assertThat(received("orders").get("pins").isEmpty()).isTrue());
    }

    @Test
    void by_default_a_stop_keeps_what_is_in_force() throws IOException {
        connect();
        server.send(decision(8, 10));
        await().until(() -> enforcement.revisionInForce().isPresent());

        loop.stop();

        assertThat(Files.readString(swappiness())).isEqualTo("10\n");
    }

    @Test
    void a_stop_restores_the_original_if_so_configured() throws IOException {
        start(config("on-stop", "restore"));
        await().until(() -> link.connection() instanceof Connection.Connected);
        server.send(decision(8, 10));
        await().until(() -> enforcement.revisionInForce().isPresent());

        loop.stop();

        assertThat(Files.readString(swappiness())).isEqualTo("60\n");
    }

    @Test
    void an_agent_whose_api_never_got_its_port_leaves_the_host_alone() throws IOException {
        connect();
        server.send(decision(8, 10));
        await().until(() -> enforcement.revisionInForce().isPresent());
        loop.stop();
        Files.writeString(swappiness(), "33\n");
        make(config("on-stop", "restore"));
        Wiring wiring = new Wiring();

        wiring.make(new StartupEvent(), loop);
        wiring.stop(new ShutdownEvent(), loop);

        assertThat(Files.readString(swappiness())).isEqualTo("33\n");
        wiring.start(new HttpServerStart(new HttpServerOptions()), loop);
        await().untilAsserted(() -> assertThat(Files.readString(swappiness())).isEqualTo("10\n"));
        wiring.stop(new ShutdownEvent(), loop);
        assertThat(Files.readString(swappiness())).isEqualTo("60\n");
    }

    @Test
    void a_decision_is_kept_while_the_server_is_away() throws IOException {
        connect();
        server.send(decision(8, 10));
        await().until(() -> enforcement.revisionInForce().isPresent());

        server.close();

        await().until(() -> link.connection() instanceof Connection.Away away && away.failures() > 3);
        assertThat(Files.readString(swappiness())).isEqualTo("10\n");
    }

    @Test
    void a_decision_lapses_when_the_server_is_away_too_long_and_holds_again_when_it_is_back() throws IOException {
        start(config("on-disconnect", "rollback", "on-disconnect.after", "PT1S"));
        await().until(() -> link.connection() instanceof Connection.Connected);
        server.send(decision(8, 10));
        await().until(() -> enforcement.revisionInForce().isPresent());
        int port = server.port();

        server.close();

        await().untilAsserted(() -> assertThat(Files.readString(swappiness())).isEqualTo("60\n"));
        await().untilAsserted(() -> assertThat(enforcement.status().revision()).isNull());
        assertThat(enforcement.orders().hold()).isNull();

        server = new FakeServer(vertx, port);
        await().until(() -> link.connection() instanceof Connection.Connected);
        server.send(decision(9, 20));
        await().untilAsserted(() -> assertThat(Files.readString(swappiness())).isEqualTo("20\n"));
    }

    @Test
    void what_failed_is_tried_again_after_a_while() throws IOException {
        start(config("retry-interval", "PT1S"));
        await().until(() -> link.connection() instanceof Connection.Connected);
        Files.delete(swappiness());
        Files.createDirectory(swappiness());
        server.send(decision(8, 10));
        await().until(() -> server.receivedTypes().contains("acknowledgement"));
        assertThat(received("acknowledgement").get("outcome").textValue()).isEqualTo("incomplete");

        Files.delete(swappiness());
        Files.writeString(swappiness(), "60\n");

        await().untilAsserted(() -> assertThat(Files.readString(swappiness())).isEqualTo("10\n"));
        await().untilAsserted(() -> assertThat(
                        received("acknowledgement").get("outcome").textValue())
                .isEqualTo("applied"));
    }

    @Test
    void drift_is_told_once_and_again_when_it_is_gone() throws IOException {
        start(config());
        await().until(() -> link.connection() instanceof Connection.Connected);
        server.send(decision(8, 10));
        await().until(() -> enforcement.revisionInForce().isPresent());

        Files.writeString(swappiness(), "33\n");
        await().untilAsserted(() -> assertThat(received("acknowledgement").at("/drift/sysctl.vm.swappiness/found"))
                .hasToString("\"33\""));
        Files.writeString(swappiness(), "10\n");
        await().untilAsserted(() ->
                assertThat(received("acknowledgement").get("drift")).isEmpty());

        assertThat(server.receivedTypes().stream().filter("acknowledgement"::equals))
                .hasSize(3);
    }

    @Test
    void drift_is_corrected_if_so_configured() throws IOException {
        start(config("on-drift", "correct"));
        await().until(() -> link.connection() instanceof Connection.Connected);
        server.send(decision(8, 10));
        await().until(() -> enforcement.revisionInForce().isPresent());

        Files.writeString(swappiness(), "33\n");

        await().untilAsserted(() -> assertThat(Files.readString(swappiness())).isEqualTo("10\n"));
        await().until(() -> !enforcement.status().corrections().isEmpty());
    }

    @Test
    void an_interval_out_of_bounds_is_refused() {
        start(config());

        assertThatThrownBy(() -> loop(config("report-interval", "PT0.001S")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("`persona.agent.report-interval` is `PT0.001S`; set it to PT1S to PT1H");
    }

    private void connect() {
        start(config());
        await().until(() -> link.connection() instanceof Connection.Connected);
    }

    private void start(AgentConfig config) {
        make(config);
        loop.start();
    }

    private void make(AgentConfig config) {
        DeclaredHost host = new DeclaredHost(
                folder.resolve("root"),
                folder.resolve("state"),
                DeclaredHost.Group.of("db.slice"),
                DeclaredHost.Permit.all("sysctl.vm.*"),
                Map.of(),
                Map.of());
        HostFiles files = new LinuxFiles();
        enforcement = new Enforcement(
                files,
                new HostRoot(host.root()),
                host.state(),
                Appliers.of(host, files, new HostCommands(new HostRoot(Path.of("/")))),
                new Permission(host.permit()),
                CLOCK);
        FastLink fast = new FastLink(URI.create("http://127.0.0.1:" + server.port()), Duration.ofSeconds(5));
        link = new Link(vertx, fast, false, CLOCK, new SplittableRandom(1));
        loop = loop(config);
    }

    private Loop loop(AgentConfig config) {
        Identity identity = new Identity("i-1", "host", "boot", config.tags());
        return new Loop(() -> sensor.get(), link, enforcement, identity, "0.1.0", config, CLOCK);
    }

    /** The latest message of a type. */
    private JsonNode received(String type) {
        return server.received.stream()
                .filter(message -> message.get("type").textValue().equals(type))
                .reduce((earlier, later) -> later)
                .orElseThrow();
    }

    private Path swappiness() {
        return folder.resolve("root/proc/sys/vm/swappiness");
    }

    private static String decision(int revision, int swappiness) {
        String holding =
                """
                "active_personas": [{"persona_id": "p", "priority": 1, "since": "2026-03-02T08:00:00Z", "source": "trigger"}],
                "configuration": {"sysctl.vm.swappiness": {"value": %d, "persona_id": "p"}}"""
                        .formatted(swappiness);
        return "{\"type\": \"decision\", \"revision\": " + revision + ", \"at\": \"" + Instant.EPOCH + "\", " + holding
                + ", \"automatic\": {" + holding + "}}";
    }

    /** Looks at the host every second, with further properties below {@code persona.agent.}. */
    private static AgentConfig config(String... further) {
        Map<String, String> properties = new HashMap<>(Map.of("verify-interval", "PT1S"));
        for (int index = 0; index < further.length; index += 2) {
            properties.put(further[index], further[index + 1]);
        }
        return Configured.agent(properties);
    }
}
