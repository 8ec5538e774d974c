package dev.persona.agent.link;

import dev.persona.agent.protocol.AgentMessage;
import dev.persona.agent.protocol.ServerMessage;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import java.time.Duration;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One try to talk to the server, from the first packet to its end: hello, welcome, messages, pings.
 *
 * <p>It ends once and for all, with a reason: no connection, no welcome in time, a refused hello, two ping intervals of
 * silence, a broken frame, a close from either side. Confined to one event-loop context.
 */
final class Session {
    private static final Logger LOG = Logger.getLogger(Session.class);
    private static final int PROTOCOL = 1;
    private static final Buffer PING = Buffer.buffer();

    private final Vertx vertx;
    private final ServerAddress server;
    private final LinkConfig config;
    private final Owner owner;

    private @Nullable WebSocket socket;
    private long welcomeTimer;
    private long pingTimer;
    private boolean welcomed;
    private boolean heard;
    private boolean ended;

    /** Who wants to know what happens. */
    interface Owner {
        AgentMessage.Hello hello();

        void welcomed(ServerMessage.Welcome welcome);

        /** Takes a message other than the welcome. */
        void received(ServerMessage message);

        /** There is room to send again. */
        void writable();

        void ended(Ending ending);
    }

    Session(Vertx vertx, ServerAddress server, LinkConfig config, Owner owner) {
        this.vertx = vertx;
        this.server = server;
        this.config = config;
        this.owner = owner;
    }

    /** Begins, without {@code Origin}: that is how a server tells agents from web pages. */
    void open(WebSocketClient client) {
        Duration timeout = config.connectTimeout();
        welcomeTimer = vertx.setTimer(timeout.toMillis(), timer -> end(Ending.away("no welcome within " + timeout)));
        client.connect(new WebSocketConnectOptions()
                        .setSsl(server.tls())
                        .setHost(server.host())
                        .setPort(server.port())
                        .setURI(server.path())
                        .setAllowOriginHeader(false)
                        .setTimeout(timeout.toMillis()))
                .onSuccess(this::opened)
                .onFailure(failure -> end(Ending.of(failure)));
    }

    /** Whether a message can be sent now. */
    boolean isWritable() {
        return welcomed && !ended && socket != null && !socket.writeQueueFull();
    }

    void send(AgentMessage message) {
        if (socket != null && !ended) {
            socket.writeTextMessage(Wire.write(message));
        }
    }

    void end(Ending ending) {
        if (ended) {
            return;
        }
        ended = true;
        vertx.cancelTimer(welcomeTimer);
        vertx.cancelTimer(pingTimer);
        if (socket != null) {
            socket.close();
        }
        owner.ended(ending);
    }

    private void opened(WebSocket opened) {
        if (ended) {
            opened.close();
            return;
        }
        socket = opened;
        AgentMessage.Hello hello = owner.hello();
        opened.frameHandler(frame -> heard = true)
                .pongHandler(pong -> heard = true)
                .textMessageHandler(this::received)
                .binaryMessageHandler(bytes -> LOG.warnf("binary frame passed over server=%s", server))
                .drainHandler(drained -> owner.writable())
                .exceptionHandler(failure -> end(Ending.of(failure)))
                .closeHandler(closed ->
                        end(Ending.closed(opened.closeStatusCode(), opened.closeReason(), hello.instanceId())));
        pingTimer = vertx.setPeriodic(config.pingInterval().toMillis(), timer -> ping(opened));
        heard = true;
        send(hello);
    }

    private void ping(WebSocket open) {
        if (!heard) {
            end(Ending.away("silent for " + config.pingInterval().multipliedBy(2)));
            return;
        }
        heard = false;
        open.writePing(PING);
    }

    private void received(String text) {
        try {
            take(Wire.read(text));
        } catch (MalformedMessageException e) {
            LOG.warnf("message passed over server=%s reason=%s", server, Ending.shown(String.valueOf(e.getMessage())));
        }
    }

    private void take(ServerMessage message) {
        if (ended) {
            return;
        }
        if (message instanceof ServerMessage.Refusal refusal) {
            String reason = Ending.shown(refusal.code() + ": " + refusal.detail());
            if (welcomed) {
                LOG.warnf("message refused server=%s pointer=%s reason=%s", server, refusal.pointer(), reason);
            } else {
                end(Ending.refused("hello refused, " + reason));
            }
        } else if (message instanceof ServerMessage.Welcome welcome) {
            if (welcome.protocol() != PROTOCOL) {
                end(Ending.refused("it speaks protocol " + welcome.protocol() + ", this agent " + PROTOCOL));
            } else if (!welcomed) {
                welcomed = true;
                vertx.cancelTimer(welcomeTimer);
                owner.welcomed(welcome);
            }
        } else {
            owner.received(message);
        }
    }
}
