package dev.persona.agent.link;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A policy server's door on a real socket of this machine, whose manners tests choose. */
public final class FakeServer implements AutoCloseable {
    public static final String WELCOME =
            "{\"type\": \"welcome\", \"protocol\": 1, \"server_version\": \"fake\", \"report_interval\": \"PT5S\"}";

    public final List<JsonNode> received = new CopyOnWriteArrayList<>();
    final List<ServerWebSocket> connections = new CopyOnWriteArrayList<>();
    final AtomicInteger connects = new AtomicInteger();
    volatile String answerToHello = WELCOME;

    private final HttpServer http;

    public FakeServer(Vertx vertx) {
        this(vertx, 0);
    }

    public FakeServer(Vertx vertx, int port) {
        http = vertx.createHttpServer()
                .requestHandler(this::answer)
                .listen(port, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    public int port() {
        return http.actualPort();
    }

    public void send(String text) {
        connections.get(connections.size() - 1).writeTextMessage(text);
    }

    public List<String> receivedTypes() {
        return received.stream().map(message -> message.get("type").textValue()).toList();
    }

    /** Upgrades by hand: Quarkus switches Vert.x's own handler off for the whole JVM once another test has booted it. */
    private void answer(HttpServerRequest request) {
        if (request.path().equals("/agent")) {
            request.toWebSocket().onSuccess(this::accept);
        } else {
            request.response().setStatusCode(404).end();
        }
    }

    private void accept(ServerWebSocket socket) {
        connects.incrementAndGet();
        connections.add(socket);
        socket.textMessageHandler(text -> {
            JsonNode message = json(text);
            received.add(message);
            if (message.get("type").textValue().equals("hello") && !answerToHello.isEmpty()) {
                socket.writeTextMessage(answerToHello);
            }
        });
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        http.close().toCompletionStage().toCompletableFuture().join();
    }
}
