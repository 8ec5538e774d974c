package dev.persona.server.agentapi;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.persona.server.TestClock;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code WS /agent} over a real socket, by a client that knows nothing of the server's classes. */
@QuarkusTest
class AgentSocketTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @TestHTTPResource("/agent")
    URI uri;

    @Inject
    TestClock clock;

    private final String instance = "i-" + UUID.randomUUID();
    private final String group = "g-" + UUID.randomUUID().toString().substring(0, 8);
    private final String persona = "p-" + UUID.randomUUID().toString().substring(0, 8);
    private final List<Agent> agents = new ArrayList<>();

    @BeforeEach
    void createPersona() {
        given().contentType(ContentType.JSON)
                .body(
                        """
                        {"persona_id": "%s", "persona_name": "Busy", "persona_groups": ["%s"], "priority": 100,
                         "configuration_parameters": {"memory.high": "1GiB"},
                         "activation_triggers": [
                           {"type": "resource_utilization_thresholds", "metric": "system.cpu.utilization",
                            "operator": ">", "value": 0.8, "for": "PT20S"}]}"""
                                .formatted(persona, group))
                .post("/personas")
                .then()
                .statusCode(201);
    }

    @AfterEach
    void hangUp() {
        agents.forEach(agent -> agent.socket.abort());
        given().delete("/personas/{id}", persona);
    }

    @Test
    void a_hello_is_answered_with_welcome_personas_and_the_decision() {
        Agent agent = connected();

        JsonNode welcome = agent.next();
        assertThat(welcome.path("type").asText()).isEqualTo("welcome");
        assertThat(welcome.path("protocol").asInt()).isEqualTo(1);
        assertThat(welcome.path("report_interval").asText()).isEqualTo("PT5S");
        JsonNode personas = agent.next();
        assertThat(personas.path("type").asText()).isEqualTo("personas");
        assertThat(personas.at("/personas/0/persona_id").asText()).isEqualTo(persona);
        assertThat(personas.at("/personas/0/configuration_parameters/memory.high")
                        .asLong())
                .isEqualTo(1024L * 1024 * 1024);
        JsonNode decision = agent.next();
        assertThat(decision.path("type").asText()).isEqualTo("decision");
        assertThat(decision.path("revision").asLong()).isEqualTo(1);
        given().get("/instances/{id}", instance)
                .then()
                .body("liveness", equalTo("connected"))
                .body("hostname", equalTo("host.example.org"))
                .body("tags.agent.persona_group", contains(group));
    }

    @Test
    void a_decision_that_only_time_made_is_pushed() {
        Agent agent = welcomed();
        agent.say("{\"type\": \"report\", \"measured_at\": \"2026-03-02T08:00:00Z\","
                + " \"metrics\": {\"system.cpu.utilization\": 0.9}, \"users\": [{\"name\": \"a\", \"groups\": []}]}");
        await().until(() -> metricIsSeen());

        clock.turn(Duration.ofSeconds(21));

        JsonNode decision = agent.next();
        assertThat(decision.at("/active_personas/0/persona_id").asText()).isEqualTo(persona);
        assertThat(decision.at("/configuration/memory.high/value").asLong()).isEqualTo(1024L * 1024 * 1024);
        assertThat(decision.at("/automatic/configuration/memory.high/persona_id")
                        .asText())
                .isEqualTo(persona);
    }

    @Test
    void pins_make_a_decision_and_are_told_in_the_history() {
        Agent agent = welcomed();

        agent.say("{\"type\": \"orders\", \"pins\": [{\"persona_id\": \"" + persona
                + "\", \"by\": \"alice\", \"reason\": \"test\", \"since\": \"2026-03-02T08:00:00Z\"}]}");

        assertThat(agent.next().at("/active_personas/0/source").asText()).isEqualTo("pin");
        given().get("/instances/{id}/history", instance)
                .then()
                .body("kind", hasItems("connected", "orders_changed", "decided"))
                .body("find { it.kind == 'orders_changed' }.detail.pins[0].by", equalTo("alice"));
    }

    @Test
    void an_acknowledgement_shows_as_the_last_apply_and_in_the_history() {
        Agent agent = welcomed();

        agent.say(
                "{\"type\": \"acknowledgement\", \"revision\": 1, \"outcome\": \"incomplete\", \"revision_in_force\": 1,"
                        + " \"at\": \"2026-03-02T08:02:00Z\", \"parameters\": {\"cpu.weight\": {\"status\": \"applied\"},"
                        + " \"memory.high\": {\"status\": \"not_permitted\", \"reason\": \"not in `permit`\"}}}");

        await().untilAsserted(() -> given().get("/instances/{id}", instance)
                .then()
                .body("last_apply.revision", equalTo(1))
                .body("last_apply.outcome", equalTo("incomplete"))
                .body("last_apply.parameters.keySet()", contains("memory.high"))
                .body("last_apply.parameters.'memory.high'.status", equalTo("not_permitted")));
        given().get("/instances/{id}/history", instance)
                .then()
                .body("find { it.kind == 'acknowledged' }.detail.parameters.'cpu.weight'.status", equalTo("applied"));
        assertThat(given().get("/q/metrics").asString())
                .contains("persona_apply_failures_total{status=\"not_permitted\"}");
    }

    @Test
    void what_others_changed_on_the_host_shows_until_it_is_gone() {
        Agent agent = welcomed();
        String acknowledgement =
                "{\"type\": \"acknowledgement\", \"revision\": 1, \"outcome\": \"applied\", \"revision_in_force\": 1,"
                        + " \"at\": \"2026-03-02T08:02:00Z\", \"parameters\": {\"cpu.weight\": {\"status\": \"applied\"}},"
                        + " \"drift\": {%s}}";

        agent.say(acknowledgement.formatted(
                "\"cpu.weight\": {\"expected\": \"800\", \"found\": \"100\", \"since\": \"2026-03-02T08:07:00Z\"}"));
        await().untilAsserted(() -> given().get("/instances/{id}", instance)
                .then()
                .body("last_apply.outcome", equalTo("applied"))
                .body("last_apply.drift.'cpu.weight'.expected", equalTo("800"))
                .body("last_apply.drift.'cpu.weight'.found", equalTo("100"))
                .body("last_apply.drift.'cpu.weight'.since", equalTo("2026-03-02T08:07:00Z")));

        agent.say(acknowledgement.formatted("\"cpu.weight\": {\"found\": \"100\"}"));
        JsonNode refusal = agent.next();
        assertThat(refusal.path("pointer").asText()).isEqualTo("/drift/cpu.weight");

        agent.say(acknowledgement.formatted(""));
        await().untilAsserted(() ->
                given().get("/instances/{id}", instance).then().body("last_apply.drift.size()", equalTo(0)));
        given().get("/instances/{id}/history", instance)
                .then()
                .body("findAll { it.kind == 'acknowledged' }.detail.drift.'cpu.weight'.found", hasItems("100"));
    }

    @Test
    void a_changed_persona_is_pushed() {
        Agent agent = welcomed();

        given().delete("/personas/{id}", persona).then().statusCode(204);

        JsonNode personas = agent.next();
        assertThat(personas.path("type").asText()).isEqualTo("personas");
        assertThat(personas.path("personas")).isEmpty();
    }

    @Test
    void the_first_frame_must_be_a_hello() {
        Agent agent = open();

        agent.say("{\"type\": \"orders\", \"pins\": []}");

        assertThat(agent.next().toString())
                .isEqualTo("{\"type\":\"refusal\",\"code\":\"INVALID_DOCUMENT\","
                        + "\"detail\":\"the first frame must be a `hello`\",\"pointer\":\"/type\"}");
        assertThat(agent.closeCode()).isEqualTo(CloseCode.NO_HELLO.code());
    }

    @Test
    void a_connection_that_says_nothing_is_closed() {
        Agent agent = open();
        agent.socket.sendPing(java.nio.ByteBuffer.allocate(0)).join();

        clock.turn(Duration.ofSeconds(10));

        assertThat(agent.closeCode()).isEqualTo(CloseCode.NO_HELLO.code());
    }

    @Test
    void another_version_of_the_protocol_is_refused() {
        Agent agent = open();

        agent.say(hello().replace("\"protocol\": 1", "\"protocol\": 2"));

        assertThat(agent.next().path("pointer").asText()).isEqualTo("/protocol");
        assertThat(agent.closeCode()).isEqualTo(CloseCode.PROTOCOL.code());
    }

    @Test
    void a_second_connection_replaces_the_first() {
        Agent first = welcomed();

        Agent second = welcomed();

        assertThat(first.closeCode()).isEqualTo(CloseCode.REPLACED.code());
        given().get("/instances/{id}", instance).then().body("liveness", equalTo("connected"));
        second.say("{\"type\": \"hello\"}");
        assertThat(second.next().path("detail").asText()).startsWith("`hello` was said before");
    }

    @Test
    void bad_frames_are_refused_with_their_place_and_good_ones_still_taken() {
        Agent agent = welcomed();

        agent.say("{\"type\": \"report\", \"measured_at\": \"2026-03-02T08:00:00Z\", \"metrics\": {\"a\": \"x\"}}");
        agent.say("{\"type\": \"dance\"}");
        agent.say("no json");

        assertThat(agent.next().path("pointer").asText()).isEqualTo("/metrics/a");
        assertThat(agent.next().path("detail").asText())
                .isEqualTo("`type` must be one of `hello`, `report`, `orders`, `acknowledgement`");
        assertThat(agent.next().path("code").asText()).isEqualTo("MALFORMED_DOCUMENT");
        given().get("/instances/{id}", instance).then().body("liveness", equalTo("connected"));
    }

    @Test
    void bad_frames_in_a_row_end_the_connection() {
        Agent agent = welcomed();

        for (int i = 0; i < 10; i++) {
            agent.say("no json");
        }

        assertThat(agent.closeCode()).isEqualTo(CloseCode.REFUSED.code());
        await().untilAsserted(() ->
                given().get("/instances/{id}/history", instance).then().body("kind", hasItems("disconnected")));
    }

    @Test
    void a_flood_of_frames_ends_the_connection() {
        Agent agent = welcomed();
        List<CompletableFuture<?>> sent = new ArrayList<>();

        CompletableFuture<?> last = CompletableFuture.completedFuture(null);
        for (int i = 0; i < 300; i++) {
            last = last.thenCompose(done -> agent.socket.sendText("{\"type\": \"orders\", \"pins\": []}", true));
            sent.add(last);
        }

        assertThat(agent.closeCode()).isEqualTo(CloseCode.REFUSED.code());
    }

    @Test
    void a_frame_that_is_too_long_ends_the_connection() {
        Agent agent = welcomed();

        agent.say("{\"type\": \"report\", \"x\": \"" + "x".repeat(300_000) + "\"}");

        assertThat(agent.closeCode()).isNotEqualTo(WebSocket.NORMAL_CLOSURE);
    }

    @Test
    void a_web_page_is_refused() {
        assertThatThrownBy(() -> HttpClient.newHttpClient()
                        .newWebSocketBuilder()
                        .header("Origin", "https://evil.example")
                        .buildAsync(webSocket(uri), new WebSocket.Listener() {})
                        .join())
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        WebSocketHandshakeException.class,
                        e -> assertThat(e.getResponse().statusCode()).isEqualTo(403));
    }

    private boolean metricIsSeen() {
        return given().get("/instances/{id}/explanation", instance)
                .jsonPath()
                .getList("stale_metrics")
                .isEmpty();
    }

    private Agent welcomed() {
        Agent agent = connected();
        for (String type : List.of("welcome", "personas", "decision")) {
            assertThat(agent.next().path("type").asText()).isEqualTo(type);
        }
        return agent;
    }

    private Agent connected() {
        Agent agent = open();
        agent.say(hello());
        return agent;
    }

    private Agent open() {
        Agent agent = new Agent();
        agent.socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(webSocket(uri), agent)
                .join();
        agents.add(agent);
        return agent;
    }

    private String hello() {
        return """
                {"type": "hello", "protocol": 1, "instance_id": "%s", "hostname": "host.example.org",
                 "agent_version": "0.1.0", "boot_id": "b-1", "tags": {"persona_group": ["%s"]}, "from_the_future": 1}"""
                .formatted(instance, group);
    }

    private static URI webSocket(URI http) {
        return URI.create(http.toString().replaceFirst("^http", "ws"));
    }

    /** An agent's end of the connection. */
    private static final class Agent implements WebSocket.Listener {
        private final BlockingQueue<String> frames = new LinkedBlockingQueue<>();
        private final CompletableFuture<Integer> closed = new CompletableFuture<>();
        private final StringBuilder partial = new StringBuilder();
        private WebSocket socket;

        void say(String frame) {
            socket.sendText(frame, true).join();
        }

        JsonNode next() {
            try {
                String frame = frames.poll(20, TimeUnit.SECONDS);
                assertThat(frame).as("a frame within 20 seconds").isNotNull();
                return MAPPER.readTree(frame);
            } catch (InterruptedException | JsonProcessingException e) {
                throw new IllegalStateException(e);
            }
        }

        int closeCode() {
            return closed.orTimeout(20, TimeUnit.SECONDS).join();
        }

        @Override
        public CompletionStage<?> onText(WebSocket webSocket, CharSequence text, boolean last) {
            partial.append(text);
            if (last) {
                frames.add(partial.toString());
                partial.setLength(0);
            }
            webSocket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket webSocket, int code, String reason) {
            closed.complete(code);
            return null;
        }

        @Override
        public void onError(WebSocket webSocket, Throwable failure) {
            closed.complete(-1);
        }
    }
}
