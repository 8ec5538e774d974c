package dev.persona.agent.activation;

import static dev.persona.agent.activation.Configurations.decision;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.persona.agent.applier.Programs;
import dev.persona.agent.link.FakeServer;
import dev.persona.agent.platform.HostRoot;
import dev.persona.agent.protocol.ServerMessage;
import dev.persona.agent.protocol.ServerMessage.Setting;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the packaged agent (-9) again and again on one host, a scratch root with the stand-ins of its programs: while it starts,
 * while it recovers from the kill before, and in the middle of a stream of decisions, rollbacks and resumes. After each
 * start the host has one whole configuration that was decided, or its original.
 *
 * <p>{@code mvn -f agent verify -Dtest=ArchitectureTest -Dit.test=KillIT -Dkills=100}; {@code -Dkill.seed=N} for another story.
 */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class KillIT {
    private static final int KILLS = Integer.getInteger("kills", 6);
    private static final long SEED = Long.getLong("kill.seed", 1);
    private static final int STREAM_MILLIS = 1_500;

    /** The packaged program: the jar, or the executable that {@code persona.artifact.agent} names. */
    private static final List<String> COMMAND = Optional.ofNullable(System.getProperty("persona.artifact.agent"))
            .map(List::of)
            .orElseGet(() -> List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-jar",
                    Path.of("target/quarkus-app/quarkus-run.jar")
                            .toAbsolutePath()
                            .toString()));

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .build();

    /** What ordinary files, which stand in for the kernel's here, show as the kernel's do. */
    private static final List<String> PARAMETERS = List.of(
            "sysctl.vm.swappiness",
            "sysctl.net.ipv4.tcp_rmem",
            "cpu.weight",
            "cpu.governor",
            "memory.high",
            "memory.max",
            "network.egress.rate",
            "network.egress.rate.eth1",
            "service.nginx",
            "security.ssh.password_authentication",
            "security.ssh.permit_root_login",
            "security.firewall.profile",
            "domain.web.vcpus",
            "domain.web.cpu_shares",
            "file.service",
            "file.fresh");

    @TempDir
    Path folder;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final Vertx vertx = Vertx.vertx();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<Long, Map<String, Setting>> decided = new TreeMap<>();
    private FakeServer server;
    private Path root;
    private int port;
    private Process agent;
    private long revision;
    private long acknowledged;

    @BeforeEach
    void host() throws IOException {
        Logger.getLogger("dev.persona.agent")
                .setLevel(Level.OFF); // of the simulated hosts; the agent has a log of its own
        server = new FakeServer(vertx);
        root = folder.resolve("root");
        for (Map.Entry<String, String> file : SimulatedHost.FILES.entrySet()) {
            write(file.getKey(), file.getValue());
        }
        write("/etc/service.conf", "a long line as installed\n".repeat(2_000)); // the journal is compacted often
        Files.setPosixFilePermissions(root.resolve("etc/service.conf"), PosixFilePermissions.fromString("rw-r-----"));
        Files.createFile(folder.resolve("calls"));
        Programs.install(new HostRoot(root), "tc", "systemctl", "sshd", "nft", "virsh");
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Files.writeString(
                folder.resolve("agent.properties"),
                """
                quarkus.http.port=%d
                persona.agent.instance-id=i-1
                persona.agent.server.url=http://127.0.0.1:%d
                persona.agent.root=%s
                persona.agent.state=%s
                persona.agent.permit[0].parameter=*
                persona.agent.cgroup.slice=db.slice
                persona.agent.libvirt.uri=fake:///host
                persona.agent.firewall.profile.lockdown=/etc/persona-agent/lockdown.nft
                persona.agent.firewall.profile.office=/etc/persona-agent/office.nft
                persona.agent.file.service.path=/etc/service.conf
                persona.agent.file.fresh.path=/etc/fresh
                """
                        .formatted(port, server.port(), root, folder.resolve("state")));
    }

    @AfterEach
    void stop() {
        Logger.getLogger("dev.persona.agent").setLevel(null);
        if (agent != null) {
            agent.destroyForcibly();
        }
        server.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void killed_at_random_points_it_converges_and_finds_the_originals() throws Exception {
        reloadSsh();
        Map<String, String> original = tree();
        Map<String, String> originalModes = etcModes();
        long startMillis = 2_000;
        int interrupted = 0;
        int rolledBack = 0;
        for (int kill = 1; kill <= KILLS; kill++) {
            String story = "kill " + kill + " of seed " + SEED + ", revision " + revision;
            if (kill > 1 && random.nextInt(5) == 0) {
                start();
                pause(random.nextLong(startMillis));
                kill();
                continue;
            }
            long begun = System.nanoTime();
            startAndConnect();
            startMillis = Duration.ofNanos(System.nanoTime() - begun).toMillis();
            assertConverged(story, original);
            if (random.nextInt(4) == 0) {
                order("rollback");
                assertThat(differences(tree(), original))
                        .as(story + ", rolled back")
                        .isEmpty();
                assertThat(etcModes()).as(story).isEqualTo(originalModes);
                assertThat(get("/personas/original").path("parameters"))
                        .as(story)
                        .isEmpty();
                rolledBack++;
            }
            if (get("/status").hasNonNull("hold")) {
                order("resume");
            }
            stream(Duration.ofMillis(random.nextLong(STREAM_MILLIS)));
            kill();
            interrupted +=
                    Files.readString(folder.resolve("state/standing.json")).contains("\"settled\":false") ? 1 : 0;
        }

        startAndConnect();
        assertConverged("after all", original);
        order("rollback");
        assertThat(differences(tree(), original)).as("rolled back after all").isEmpty();
        assertThat(etcModes()).as("rolled back after all").isEqualTo(originalModes);
        System.out.printf(
                "%d kills, seed %d: %d decisions, %d kills on the way from one configuration to another, %d rollbacks between%n",
                KILLS, SEED, revision, interrupted, rolledBack + 1);
        assertThat(interrupted).as("kills on the way").isGreaterThanOrEqualTo(KILLS / 10);
    }

    /** The host shows what the agent says is in force; that is a whole decision, not older than one that was acknowledged. */
    private void assertConverged(String story, Map<String, String> original) throws Exception {
        JsonNode status = get("/status");
        JsonNode active = get("/personas/active");
        assertThat(status.path("outcome").asText()).as(story + ": " + status).isEqualTo("applied");
        assertThat(status.path("warnings")) // a kill can tear a long record of the journal
                .as(story)
                .allMatch(warning -> warning.asText().contains("was set aside"));
        assertThat(status.path("revision").asLong()).as(story).isGreaterThanOrEqualTo(acknowledged);

        Map<String, Setting> inForce = active.hasNonNull("revision")
                ? decided.get(active.get("revision").asLong())
                : Map.of();
        assertThat(active.path("configuration").size()).as(story).isEqualTo(inForce.size());
        assertThat(differences(tree(), expected(inForce, original))).as(story).isEmpty();
        assertThat(active.hasNonNull("revision") || status.hasNonNull("hold") || acknowledged == 0)
                .as(story + ": original, because it is held or nothing was decided")
                .isTrue();
    }

    /** The original with what a simulated host shows differently when this is in force. */
    private static Map<String, String> expected(Map<String, Setting> configuration, Map<String, String> original) {
        Map<String, String> expected = new TreeMap<>(original);
        Map<String, String> simulatedOriginal = SimulatedHost.expectedFiles(Map.of());
        Map<String, String> simulated = SimulatedHost.expectedFiles(configuration);
        simulated.forEach((path, text) -> {
            if (!text.equals(simulatedOriginal.get(path))) {
                expected.put(path, text);
            }
        });
        simulatedOriginal.keySet().stream()
                .filter(path -> !simulated.containsKey(path))
                .forEach(expected::remove);
        return expected;
    }

    /** Decisions, and now and then an order, each as soon as the one before has been carried out. */
    private void stream(Duration time) throws Exception {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            if (random.nextInt(6) == 0) {
                until(end, post("rollback"));
                until(end, post("resume"));
            }
            Map<String, Object> configuration = new TreeMap<>();
            for (String parameter : PARAMETERS) {
                List<?> values = SimulatedHost.VALUES.get(parameter);
                if (random.nextBoolean()) {
                    configuration.put(parameter, values.get(random.nextInt(values.size())));
                }
            }
            ServerMessage.Decision next = decision(++revision, configuration);
            decided.put(revision, next.automatic().configuration());
            server.send(JSON.writerFor(ServerMessage.class).writeValueAsString(next));
            while (acknowledged() < revision && System.nanoTime() < end) {
                pause(1);
            }
        }
        acknowledged = Math.max(acknowledged, acknowledged());
    }

    private long acknowledged() {
        return server.received.stream()
                .filter(message -> message.path("type").asText().equals("acknowledgement"))
                .mapToLong(message -> message.path("revision").asLong())
                .max()
                .orElse(0);
    }

    private static void until(long end, CompletableFuture<?> answer) throws InterruptedException {
        while (!answer.isDone() && System.nanoTime() < end) {
            pause(1);
        }
    }

    /** The moment of a kill is one of the real clock, there is nothing to turn. */
    private static void pause(long millis) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(millis);
    }

    private void start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(COMMAND)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("agent.log").toFile()));
        builder.environment()
                .put(
                        "QUARKUS_CONFIG_LOCATIONS",
                        folder.resolve("agent.properties").toString());
        server.received.clear();
        agent = builder.start();
    }

    /** Returns when the agent has said hello, which it does after it has recovered, and serves its API. */
    private void startAndConnect() throws Exception {
        start();
        await().atMost(PATIENCE).ignoreExceptions().until(() -> {
            assertThat(agent.isAlive()).as(log()).isTrue();
            return server.receivedTypes().contains("hello") && get("/status").hasNonNull("outcome");
        });
    }

    private void kill() throws InterruptedException {
        agent.destroyForcibly().waitFor();
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer =
                http.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private void order(String order) throws Exception {
        HttpResponse<String> answer = post(order).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(answer.statusCode()).as(order + ": " + answer.body()).isEqualTo(200);
    }

    private CompletableFuture<HttpResponse<String>> post(String order) {
        HttpRequest request = HttpRequest.newBuilder(uri("/personas/" + order))
                .POST(BodyPublishers.noBody())
                .build();
        return http.sendAsync(request, BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private String log() throws IOException {
        List<String> lines = Files.readAllLines(folder.resolve("agent.log"));
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
    }

    private void reloadSsh() throws IOException, InterruptedException {
        new ProcessBuilder(root.resolve("usr/sbin/systemctl").toString(), "try-reload-or-restart", "ssh.service")
                .start()
                .waitFor();
    }

    private void write(String path, String text) throws IOException {
        Path file = root.resolve(path.substring(1));
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private Map<String, String> etcModes() throws IOException {
        Map<String, String> modes = new TreeMap<>();
        for (String path : tree().keySet()) {
            if (path.startsWith("/etc/")) {
                modes.put(
                        path,
                        Files.getPosixFilePermissions(root.resolve(path.substring(1)))
                                .toString());
            }
        }
        return modes;
    }

    /** Every file of the host with its text, by its path below the root; but for the programs. */
    private Map<String, String> tree() throws IOException {
        Map<String, String> tree = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                if (!path.startsWith(root.resolve("usr"))) {
                    tree.put("/" + root.relativize(path), Files.readString(path));
                }
            }
        }
        return tree;
    }

    private static Map<String, String> differences(Map<String, String> observed, Map<String, String> expected) {
        return Stream.concat(observed.keySet().stream(), expected.keySet().stream())
                .distinct()
                .filter(path -> !Objects.equals(observed.get(path), expected.get(path)))
                .collect(Collectors.toMap(
                        path -> path, path -> observed.get(path) + " instead of " + expected.get(path)));
    }
}
