package dev.persona.agent.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.persona.agent.protocol.AgentMessage.Acknowledgement;
import dev.persona.agent.protocol.AgentMessage.Hello;
import dev.persona.agent.protocol.AgentMessage.Orders;
import dev.persona.agent.protocol.AgentMessage.Pin;
import dev.persona.agent.protocol.AgentMessage.Report;
import dev.persona.agent.protocol.ServerMessage;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The link against real sockets of this machine. */
class LinkTest {
    private static final Instant NOW = Instant.parse("2026-03-02T08:00:00Z");

    private final Vertx vertx = Vertx.vertx();
    private final RecordingPeer peer = new RecordingPeer();
    private FakeServer server;
    private Link link;

    @BeforeEach
    void startServer() {
        server = new FakeServer(vertx);
    }

    @AfterEach
    void stop() {
        link.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void says_hello_and_is_connected_once_welcomed() {
        connect(server.port());

        assertThat(link.connection())
                .isEqualTo(new Connection.Connected("ws://127.0.0.1:" + server.port() + "/agent", NOW, "fake"));
        assertThat(server.received.get(0).get("instance_id").textValue()).isEqualTo("i-1");
        assertThat(server.connections.get(0).headers().names()).doesNotContain("origin", "Origin");
        assertThat(peer.received).first().isInstanceOf(ServerMessage.Welcome.class);
    }

    @Test
    void carries_messages_both_ways() throws Exception {
        connect(server.port());

        link.report(report(1));
        link.ordersChanged();
        link.acknowledge(acknowledgement(1));
        server.send(Files.readString(Path.of("../src/test/resources/contract/server-decision.json")));

        await().untilAsserted(() -> assertThat(server.receivedTypes())
                .containsExactlyInAnyOrder("hello", "report", "orders", "acknowledgement"));
        await().untilAsserted(() -> assertThat(peer.received).hasAtLeastOneElementOfType(ServerMessage.Decision.class));
    }

    @Test
    void comes_back_when_the_server_does_with_only_the_latest_of_what_waited() {
        connect(server.port());
        link.acknowledge(acknowledgement(1));
        await().until(() -> server.receivedTypes().contains("acknowledgement"));
        int port = server.port();

        server.close();
        await().until(() -> link.connection() instanceof Connection.Away);
        for (int i = 1; i <= 1_000; i++) {
            link.report(report(i));
        }
        peer.orders = new Orders(List.of(new Pin("lockdown", "alice", "incident", NOW, null)), null);
        link.ordersChanged();
        server = new FakeServer(vertx, port);

        await().untilAsserted(
                        () -> assertThat(server.receivedTypes()).containsExactly("hello", "acknowledgement", "report"));
        assertThat(server.received.get(0).at("/orders/pins/0/persona_id").textValue())
                .isEqualTo("lockdown");
        assertThat(server.received.get(2).get("measured_at").textValue())
                .isEqualTo(NOW.plusSeconds(1_000).toString());
    }

    @Test
    void goes_on_trying_while_nobody_listens() {
        int port = server.port();
        server.close();

        start(port, Duration.ofSeconds(5));

        await().until(() -> link.connection() instanceof Connection.Away away && away.failures() >= 5);
        assertThat(((Connection.Away) link.connection()).reason()).contains("refused");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hello?",
                "{\"type\": \"welcome\"}",
                "{\"type\": \"personas\"}",
                "[[[[",
                "{\"type\": \"decision\", \"revision\": 1, \"configuration\": null}"
            })
    void garbage_is_passed_over_and_the_connection_stays(String garbage) {
        connect(server.port());

        server.send(garbage);
        server.connections.get(0).writeBinaryMessage(Buffer.buffer(garbage));
        server.send("{\"type\": \"personas\", \"personas\": []}");

        await().untilAsserted(() -> assertThat(peer.received).hasAtLeastOneElementOfType(ServerMessage.Personas.class));
        assertThat(peer.received).hasSize(2);
        assertThat(server.connects).hasValue(1);
    }

    @Test
    void a_message_beyond_the_limit_ends_the_connection_and_the_next_one_works() {
        connect(server.port());

        server.send("x".repeat(200_000));

        await().until(() -> server.connects.get() == 2);
        await().until(() -> link.connection() instanceof Connection.Connected);
    }

    @Test
    void a_refused_hello_is_tried_again() {
        server.answerToHello = "{\"type\": \"refusal\", \"code\": \"INVALID_DOCUMENT\", \"detail\": \"no such tag\"}";

        start(server.port(), Duration.ofSeconds(5));

        await().until(() -> server.connects.get() >= 2);
        await().until(() -> link.connection() instanceof Connection.Away away
                && away.reason().equals("hello refused, INVALID_DOCUMENT: no such tag"));
        server.answerToHello = FakeServer.WELCOME;
        await().until(() -> link.connection() instanceof Connection.Connected);
    }

    @Test
    void a_server_of_another_protocol_is_not_listened_to() {
        server.answerToHello = FakeServer.WELCOME.replace("\"protocol\": 1", "\"protocol\": 2");

        start(server.port(), Duration.ofSeconds(5));

        await().until(() -> link.connection() instanceof Connection.Away away
                && away.reason().equals("it speaks protocol 2, this agent 1"));
        assertThat(peer.received).isEmpty();
    }

    @Test
    void a_server_that_never_welcomes_is_left() {
        server.answerToHello = "";

        start(server.port(), Duration.ofMillis(200));

        await().until(() -> server.connects.get() >= 2);
        await().until(() -> link.connection() instanceof Connection.Away away
                && away.reason().startsWith("no welcome within"));
    }

    @Test
    void a_server_that_accepts_and_says_nothing_at_all_is_left() {
        NetServer mute = vertx.createNetServer().connectHandler(socket -> {});
        int port = listen(mute);

        start(port, Duration.ofMillis(200));

        await().until(() -> link.connection() instanceof Connection.Away away && away.failures() >= 2);
    }

    @Test
    void a_server_that_dies_without_a_word_is_noticed() {
        AtomicInteger connects = new AtomicInteger();
        int port = listen(vertx.createNetServer()
                .connectHandler(socket -> socket.handler(request -> {
                    if (request.toString().startsWith("GET /agent")) {
                        connects.incrementAndGet();
                        socket.write(welcomeBefore(request.toString()));
                    }
                })));

        start(port, Duration.ofSeconds(5));

        await().until(() -> connects.get() >= 2);
        assertThat(peer.received).first().isInstanceOf(ServerMessage.Welcome.class);
    }

    @Test
    void an_agent_whose_name_another_one_took_says_so_and_waits_long() {
        connect(server.port());

        server.connections.get(0).close((short) 4001, "another connection said hello for `i-1`");

        await().until(() -> link.connection() instanceof Connection.Away);
        Connection.Away away = (Connection.Away) link.connection();
        assertThat(away.state()).isEqualTo(Connection.State.REPLACED);
        assertThat(away.reason())
                .isEqualTo("another agent calls itself `i-1`; set `persona.agent.instance-id` to something of its own"
                        + " on one of the two");
        assertThat(away.nextTry()).isBetween(NOW.plus(Duration.ofMinutes(10)), NOW.plus(Duration.ofMinutes(20)));
        assertThat(link.warnings()).containsExactly(away.reason() + " (noticed at " + NOW + ")");
    }

    @ParameterizedTest
    @CsvSource({
        "1001, '', AWAY, closed with status 1001",
        "4003, speak 2, REFUSED, it closed the connection with status 4003: speak 2",
        "4006, '', REFUSED, this instance was deleted on the server",
        "4007, the server stops, AWAY, it stops"
    })
    void a_close_is_told_in_the_words_that_fit_it(short status, String said, Connection.State state, String reason) {
        connect(server.port());
        server.answerToHello = "";

        server.connections.get(0).close(status, said);

        await().until(() -> link.connection() instanceof Connection.Away);
        Connection.Away away = (Connection.Away) link.connection();
        assertThat(away.state()).isEqualTo(state);
        assertThat(away.reason()).isEqualTo(reason);
        assertThat(link.warnings()).isEmpty();
    }

    @Test
    void a_server_that_is_no_policy_server_is_there_but_refuses() {
        NetServer other = vertx.createNetServer()
                .connectHandler(socket -> socket.handler(
                        request -> socket.end(Buffer.buffer("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"))));

        start(listen(other), Duration.ofSeconds(5));

        await().until(() -> link.connection() instanceof Connection.Away away
                && away.state() == Connection.State.REFUSED
                && away.reason().startsWith("it answers with status 404; is `persona.agent.server.url` the address"));
    }

    @Test
    void a_closed_link_stays_closed() {
        connect(server.port());

        link.close();

        await().until(() -> link.connection() instanceof Connection.Away away
                && away.reason().equals("this agent stops"));
        await().until(() -> server.connections.get(0).isClosed());
        assertThat(server.connects).hasValue(1);
    }

    private void connect(int port) {
        start(port, Duration.ofSeconds(5));
        await().until(() -> link.connection() instanceof Connection.Connected);
    }

    private void start(int port, Duration connectTimeout) {
        LinkConfig config = new FastLink(URI.create("http://127.0.0.1:" + port), connectTimeout);
        link = new Link(vertx, config, false, () -> NOW, new SplittableRandom(1));
        link.start(peer);
    }

    private static int listen(NetServer server) {
        return server.listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .actualPort();
    }

    /** All that a server says before it dies: the answer to the upgrade (RFC 6455, section 4.2.2) and its welcome. */
    private static Buffer welcomeBefore(String upgrade) {
        String key = upgrade.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("sec-websocket-key:"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElseThrow();
        String accept = Base64.getEncoder().encodeToString(sha1(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
        int finalTextFrame = 0x81;
        return Buffer.buffer("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n")
                .appendString("Sec-WebSocket-Accept: " + accept + "\r\n\r\n")
                .appendUnsignedByte((short) finalTextFrame)
                .appendUnsignedByte((short) FakeServer.WELCOME.length())
                .appendString(FakeServer.WELCOME);
    }

    private static byte[] sha1(String text) {
        try {
            return MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.US_ASCII));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Report report(int number) {
        return new Report(NOW.plusSeconds(number), Map.of("system.cpu.utilization", 0.5), List.of());
    }

    private static Acknowledgement acknowledgement(long revision) {
        return new Acknowledgement(revision, "applied", revision, NOW, Map.of(), Map.of());
    }

    private static final class RecordingPeer implements LinkPeer {
        final List<ServerMessage> received = new CopyOnWriteArrayList<>();
        volatile Orders orders = new Orders(List.of(), null);

        @Override
        public Hello hello() {
            return new Hello(1, "i-1", "host", "0.1.0", "boot", Map.of("persona_group", List.of("db")), null, orders);
        }

        @Override
        public Orders orders() {
            return orders;
        }

        @Override
        public void received(ServerMessage message) {
            received.add(message);
        }
    }
}
