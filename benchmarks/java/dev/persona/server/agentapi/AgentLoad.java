package dev.persona.server.agentapi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.persona.quickstart.LocalFleet;
import dev.persona.quickstart.Program;
import dev.persona.server.decision.BusyHost;
import dev.persona.server.persona.PersonaWriter;
import dev.persona.server.protocol.AgentMessage;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Many agents on one packaged server, over real WebSockets: what the server takes, how soon it answers, and what that costs.
 *
 * <p>The server runs as a process with a heap of 2 GB and its embedded database. It knows {@value #PERSONAS} personas in
 * {@value #GROUPS} groups; each instance is in three of them, so that 30 personas apply. Each agent says hello, reports 20
 * metrics every five seconds, nine in ten of them changed, and acknowledges each decision. Once a minute a report flips one
 * metric more, on which one persona more depends: the time until the decision that follows is the latency.
 */
public final class AgentLoad {
    private static final int PERSONAS = 1_000;
    private static final int GROUPS = 100;
    private static final int GROUPS_PER_INSTANCE = 3;
    private static final int REPORTS = 2_000;
    private static final int REPORTS_PER_FLIP = 12;
    private static final int CONNECTING_AT_ONCE = 50;
    private static final double CALM = 0.01;
    private static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final Duration WARM_UP = Duration.ofSeconds(40);
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private static final String PROBE =
            """
            {"persona_id": "probe", "persona_name": "Probe", "persona_groups": ["probe"], "priority": 0,
             "configuration_parameters": {"custom.probe": 1},
             "activation_triggers": [{"type": "resource_utilization_thresholds", "metric": "custom.probe",
                                      "operator": ">", "value": 0.5}]}""";

    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .build();

    private final Program server;
    private final Path directory;
    private final WebSocketClient client;
    private final Vertx vertx;
    private final List<String> reports;

    private final LongAdder reported = new LongAdder();
    private final LongAdder decisions = new LongAdder();
    private final LongAdder refusals = new LongAdder();
    private final LongAdder closed = new LongAdder();
    private final ConcurrentLinkedQueue<Long> latencies = new ConcurrentLinkedQueue<>();

    private AgentLoad(Program server, Path directory, Vertx vertx) {
        this.server = server;
        this.directory = directory;
        this.vertx = vertx;
        this.client = vertx.createWebSocketClient(new WebSocketClientOptions()
                .setMaxConnections(Integer.MAX_VALUE)
                .setMaxFrameSize(1 << 20));
        this.reports = new BusyHost()
                .reports(REPORTS, CALM).stream().map(AgentLoad::fields).toList();
    }

    /** {@code AgentLoad [AGENTS [SECONDS]]}: how many agents, and for how long to measure once all are connected. */
    public static void main(String[] arguments) throws Exception {
        int agents = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1_000;
        Duration time = Duration.ofSeconds(arguments.length > 1 ? Long.parseLong(arguments[1]) : 120);
        Path directory = Files.createTempDirectory("agent-load");
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        try (Program server = LocalFleet.server(Path.of("").toAbsolutePath(), directory, Map.of(), List.of("-Xmx2g"))) {
            server.start();
            AgentLoad load = new AgentLoad(server, directory, vertx);
            load.createPersonas();
            load.connect(agents);
            load.measure(agents, time);
        } finally {
            vertx.close();
        }
    }

    private void createPersonas() throws IOException, InterruptedException {
        long began = System.nanoTime();
        BusyHost host = new BusyHost();
        for (int i = 0; i < PERSONAS; i++) {
            ObjectNode persona =
                    PersonaWriter.write(host.persona("p-%04d".formatted(i), group(i / (PERSONAS / GROUPS)), 1));
            persona.remove(List.of("revision", "created_at", "updated_at"));
            server.http()
                    .post("/personas", persona.toString(), "application/json")
                    .expectSuccess();
        }
        server.http().post("/personas", PROBE, "application/json").expectSuccess();
        System.out.printf(
                "%d personas created in %d s%n", PERSONAS + 1, since(began).toSeconds());
    }

    private void connect(int agents) throws InterruptedException {
        long began = System.nanoTime();
        CountDownLatch welcome = new CountDownLatch(agents);
        Semaphore connecting = new Semaphore(CONNECTING_AT_ONCE);
        for (int i = 0; i < agents; i++) {
            connecting.acquire();
            new Agent(i, () -> {
                        connecting.release();
                        welcome.countDown();
                    })
                    .connect();
        }
        if (!welcome.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException(welcome.getCount() + " agents got no decision within " + PATIENCE);
        }
        System.out.printf("%d agents connected in %d s%n", agents, since(began).toSeconds());
    }

    private void measure(int agents, Duration time) throws Exception {
        Thread.sleep(WARM_UP.toMillis()); // until the server is warm, and every agent has reported
        latencies.clear();
        Standing before = Standing.of(this);
        double fileBefore = databaseFile();
        long began = System.nanoTime();
        Thread.sleep(time.toMillis());
        Standing after = Standing.of(this);
        double seconds = since(began).toMillis() / 1e3;

        List<Long> answered = latencies.stream().sorted().toList();
        double evaluations = after.evaluations() - before.evaluations();
        System.out.printf("agents                       %d%n", agents);
        System.out.printf(
                "reports per second           %.0f of %.0f%n",
                (after.reported() - before.reported()) / seconds, agents / (double) INTERVAL.toSeconds());
        System.out.printf("decisions per second         %.0f%n", (after.decisions() - before.decisions()) / seconds);
        System.out.printf(
                "report to decision           p50 %d ms, p99 %d ms, of %d%n",
                percentile(answered, 50), percentile(answered, 99), answered.size());
        System.out.printf(
                "server's processor time      %.2f cores%n", (after.processor() - before.processor()) / seconds);
        System.out.printf(
                "of it evaluations, at most   %.2f cores: %.0f in a second, %.0f us each%n",
                (after.evaluating() - before.evaluating()) / seconds,
                evaluations / seconds,
                (after.evaluating() - before.evaluating()) / evaluations * 1e6);
        System.out.printf("this program's               %.2f cores%n", (after.own() - before.own()) / seconds);
        System.out.printf("live heap of the server      %.0f MB%n", liveHeap() / 1e6);
        System.out.printf(
                "database's file              %.0f MB, before %.0f MB%n", databaseFile() / 1e6, fileBefore / 1e6);
        System.out.printf("refusals, lost connections   %d, %d%n", refusals.sum(), closed.sum());
    }

    /** What has been counted up to a moment; times in seconds. */
    private record Standing(
            long reported, long decisions, double processor, double own, double evaluations, double evaluating) {
        static Standing of(AgentLoad load) throws IOException, InterruptedException {
            return new Standing(
                    load.reported.sum(),
                    load.decisions.sum(),
                    load.server.processorTime().toMillis() / 1e3,
                    ProcessHandle.current()
                                    .info()
                                    .totalCpuDuration()
                                    .orElseThrow()
                                    .toMillis()
                            / 1e3,
                    load.metric("persona_evaluations_seconds_count"),
                    load.metric("persona_evaluations_seconds_sum"));
        }
    }

    /** In bytes. */
    private double databaseFile() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(".mv.db"))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    /** In bytes, after a full collection. */
    private double liveHeap() throws IOException, InterruptedException {
        new ProcessBuilder("jcmd", Long.toString(server.pid()), "GC.run")
                .start()
                .waitFor();
        return metric("jvm_memory_used_bytes{area=\"heap\"");
    }

    /** The sum over all lines that begin so. */
    private double metric(String name) throws IOException, InterruptedException {
        HttpResponse<String> metrics = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(server.http() + "/q/metrics"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        return metrics.body()
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    private static long percentile(List<Long> sorted, int percent) {
        return sorted.isEmpty() ? -1 : sorted.get((sorted.size() - 1) * percent / 100) / 1_000_000;
    }

    private static Duration since(long nanoTime) {
        return Duration.ofNanos(System.nanoTime() - nanoTime);
    }

    private static String group(int number) {
        return "group-" + number % GROUPS;
    }

    /** Metrics as fields of a JSON object, written once for all agents. */
    private static String fields(Map<String, Double> metrics) {
        String object = JSON.valueToTree(metrics).toString();
        return object.substring(1, object.length() - 1);
    }

    /** One agent: connected, it reports for ever, each with another beginning of the same story. */
    private final class Agent {
        private final int number;
        private final Runnable welcomed;
        private boolean isWelcome;
        private int report;
        private boolean probe;
        private long flippedAt;
        private @Nullable WebSocket socket;

        Agent(int number, Runnable welcomed) {
            this.number = number;
            this.welcomed = welcomed;
            this.report = number * 7;
        }

        void connect() {
            // As the agent does: what has an Origin is taken for a browser.
            client.connect(new WebSocketConnectOptions()
                            .setHost("127.0.0.1")
                            .setPort(server.port())
                            .setURI("/agent")
                            .setAllowOriginHeader(false))
                    .onSuccess(connected -> {
                        socket = connected;
                        connected.textMessageHandler(this::receive);
                        connected.closeHandler(end -> closed());
                        send(hello());
                    })
                    .onFailure(failure -> System.err.println("agent " + number + " got no connection: " + failure));
        }

        /** As the agent does: who came too late to be greeted tries again. */
        private void closed() {
            AgentLoad.this.closed.increment();
            if (!isWelcome) {
                vertx.setTimer(1_000, again -> connect());
            }
        }

        private AgentMessage.Hello hello() {
            List<String> groups = new ArrayList<>(List.of("probe"));
            for (int i = 0; i < GROUPS_PER_INSTANCE; i++) {
                groups.add(group(number + i));
            }
            return new AgentMessage.Hello(
                    1,
                    "load-" + number,
                    "load-" + number,
                    "0",
                    "boot",
                    Map.of("persona_group", groups),
                    null,
                    new AgentMessage.Orders(List.of(), null));
        }

        private void receive(String frame) {
            if (frame.startsWith("{\"type\":\"decision\"")) {
                decided(read(frame));
            } else if (frame.startsWith("{\"type\":\"refusal\"")) {
                refusals.increment();
                System.err.println("agent " + number + " was refused: " + frame);
            }
        }

        private void decided(JsonNode decision) {
            decisions.increment();
            boolean active = false;
            for (JsonNode persona : decision.get("active_personas")) {
                active |= persona.get("persona_id").asText().equals("probe");
            }
            if (flippedAt != 0 && active == probe) {
                latencies.add(System.nanoTime() - flippedAt);
                flippedAt = 0;
            }
            Map<String, AgentMessage.ParameterOutcome> outcomes = new HashMap<>();
            decision.get("configuration")
                    .fieldNames()
                    .forEachRemaining(name -> outcomes.put(name, new AgentMessage.ParameterOutcome("applied", null)));
            long revision = decision.get("revision").asLong();
            send(new AgentMessage.Acknowledgement(revision, "applied", revision, Instant.now(), outcomes, Map.of()));
            if (!isWelcome) {
                isWelcome = true;
                welcomed.run();
                long period = INTERVAL.toMillis();
                vertx.setPeriodic(1 + number * 7L % period, period, timer -> report());
            }
        }

        private void report() {
            report++;
            if (report % REPORTS_PER_FLIP == 0) {
                probe = !probe;
                flippedAt = System.nanoTime();
            }
            reported.increment();
            socket.writeTextMessage("{\"type\":\"report\",\"measured_at\":\"" + Instant.now() + "\",\"metrics\":{"
                    + reports.get(report % REPORTS) + ",\"custom.probe\":" + (probe ? 1 : 0) + "}}");
        }

        private void send(AgentMessage message) {
            try {
                socket.writeTextMessage(JSON.writerFor(AgentMessage.class).writeValueAsString(message));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static JsonNode read(String frame) {
        try {
            return JSON.readTree(frame);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
