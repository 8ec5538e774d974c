package dev.persona.server.agentapi;

import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.persona.server.activation.TokenBucket;
import dev.persona.server.protocol.ServerMessage;
import io.quarkus.websockets.next.CloseReason;
import io.quarkus.websockets.next.InboundProcessingMode;
import io.quarkus.websockets.next.OnBinaryMessage;
import io.quarkus.websockets.next.OnClose;
import io.quarkus.websockets.next.OnError;
import io.quarkus.websockets.next.OnOpen;
import io.quarkus.websockets.next.OnPongMessage;
import io.quarkus.websockets.next.OnTextMessage;
import io.quarkus.websockets.next.UserData.TypedKey;
import io.quarkus.websockets.next.WebSocket;
import io.quarkus.websockets.next.WebSocketConnection;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.core.buffer.Buffer;
import java.time.Clock;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.context.ManagedExecutor;
import org.jboss.logging.Logger;

/**
 * {@code WS /agent}: the agents' own connection.
 *
 * <p>All callbacks run on event-loop threads and only hand over: frames to their session's bounded queue, what may block
 * to a worker.
 */
@WebSocket(path = "/agent", inboundProcessingMode = InboundProcessingMode.CONCURRENT)
public class AgentSocket {
    private static final Logger LOG = Logger.getLogger(AgentSocket.class);
    private static final TypedKey<AgentSession> SESSION = new TypedKey<>("persona.agent.session");

    /** In bytes, of a close frame (RFC 6455, 5.5: 125, two of which are the code). */
    private static final int LONGEST_REASON = 123;

    private final AgentSessions sessions;
    private final AgentApiConfig config;
    private final ManagedExecutor workers;
    private final Clock clock;
    private final ObjectWriter writer = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .build()
            .writerFor(ServerMessage.class);

    AgentSocket(AgentSessions sessions, AgentApiConfig config, ManagedExecutor workers, Clock clock) {
        this.sessions = sessions;
        this.config = config;
        this.workers = workers;
        this.clock = clock;
    }

    @OnOpen
    @NonBlocking
    void open(WebSocketConnection connection) {
        Peer peer = new ConnectedPeer(connection);
        AgentSession session = new AgentSession(
                peer,
                new Outbox(peer, writer),
                sessions,
                workers,
                new TokenBucket(clock, config.framesPerSecond(), config.frameBurst()),
                config.frameBurst(),
                config.maxRefusals(),
                clock.instant());
        connection.userData().put(SESSION, session);
        sessions.opened(session);
    }

    @OnTextMessage
    @NonBlocking
    void frame(String frame, WebSocketConnection connection) {
        session(connection).receive(frame, clock.instant());
    }

    @OnBinaryMessage
    @NonBlocking
    void frame(Buffer frame, WebSocketConnection connection) {
        session(connection).close(CloseCode.REFUSED, "frames must be text");
    }

    @OnPongMessage
    @NonBlocking
    void pong(Buffer payload, WebSocketConnection connection) {
        session(connection).heard(clock.instant());
    }

    @OnClose
    @NonBlocking
    void close(WebSocketConnection connection, CloseReason reason) {
        AgentSession session = session(connection);
        String why = reason.getCode() + (reason.getMessage() == null ? "" : " " + reason.getMessage());
        workers.execute(() -> sessions.closed(session, why));
    }

    @OnError
    @NonBlocking
    void failed(Throwable failure, WebSocketConnection connection) {
        AgentSession session = session(connection);
        LOG.debugf(
                failure,
                "agent connection failed instance=%s",
                session.instanceId().orElse("unknown"));
        session.close(CloseCode.REFUSED, "the connection failed: a frame is too long or broken");
    }

    private static AgentSession session(WebSocketConnection connection) {
        return connection.userData().get(SESSION);
    }

    /** The agent at the other end of a WebSocket. */
    private record ConnectedPeer(WebSocketConnection connection) implements Peer {

        @Override
        public CompletionStage<Void> send(String text) {
            return connection.sendText(text).subscribeAsCompletionStage();
        }

        @Override
        public void close(CloseCode code, String reason) {
            String ascii = reason.replaceAll("[^\\x20-\\x7E]", "?");
            String shown = ascii.length() <= LONGEST_REASON ? ascii : ascii.substring(0, LONGEST_REASON);
            connection
                    .close(new CloseReason(code.code(), shown))
                    .subscribe()
                    .with(done -> {}, failure -> LOG.debugf(failure, "close failed code=%s", code));
        }
    }
}
