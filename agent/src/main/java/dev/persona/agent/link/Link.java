package dev.persona.agent.link;

import dev.persona.agent.link.Connection.State;
import dev.persona.agent.platform.Bounds;
import dev.persona.agent.protocol.AgentMessage;
import dev.persona.agent.protocol.ServerMessage;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The connection to the policy server: kept up, and made anew for as long as this link is open.
 *
 * <p>A connection counts from the server's welcome on. However it ends, the next try follows after a {@link Backoff},
 * which starts over only after a welcome, so that a server that accepts and drops is not stormed; after 10 to 20 minutes
 * where another agent of the same name has taken its place. Whatever waits meanwhile is bounded by the {@link Outbox}.
 *
 * <p>It is Vert.x's own WebSocket client, which the HTTP layer brings anyway: no further threads, no further extension.
 *
 * <p>Thread-safe.
 */
public final class Link implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Link.class);

    private static final Duration SHORTEST = Duration.ofMillis(1);

    private static final Duration LEAST_AFTER_REPLACEMENT = Duration.ofMinutes(10);
    private static final Duration MOST_AFTER_REPLACEMENT = Duration.ofMinutes(20);

    /** Longer than any two agents of one name take to meet again. */
    private static final Duration REPLACEMENT_SHOWN = Duration.ofHours(1);

    /** How long a server that is given up may take to say goodbye. */
    private static final int CLOSING_SECONDS = 2;

    private final Vertx vertx;
    private final ServerAddress server;
    private final LinkConfig config;
    private final Backoff backoff;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final WebSocketClient client;
    private final Context context;
    private volatile Connection connection;
    private volatile Connection.@Nullable Away replaced;

    // INVARIANT: what follows is touched on the context only.
    private final Outbox outbox = new Outbox();
    private @Nullable LinkPeer peer;
    private @Nullable Session session;
    private boolean closed;

    /**
     * @param allowRemote whether the server may be on another host
     * @throws ConfigurationException if the configuration can't be used; the message names the remedy
     */
    public Link(Vertx vertx, LinkConfig config, boolean allowRemote, InstantSource clock, RandomGenerator random) {
        Bounds.check("persona.agent.server.connect-timeout", config.connectTimeout(), SHORTEST, Duration.ofMinutes(5));
        Bounds.check("persona.agent.server.ping-interval", config.pingInterval(), SHORTEST, Duration.ofHours(1));
        Bounds.check("persona.agent.server.retry.initial", config.retry().initial(), SHORTEST, Duration.ofHours(1));
        Bounds.check(
                "persona.agent.server.retry.maximum",
                config.retry().maximum(),
                config.retry().initial(),
                Duration.ofHours(1));
        long maxMessageBytes = config.maxMessageSize().asLongValue();
        Bounds.check("persona.agent.server.max-message-size", maxMessageBytes, 1L << 16, 1L << 30);
        this.vertx = vertx;
        this.server = ServerAddress.of(config.url(), allowRemote);
        this.config = config;
        this.backoff = new Backoff(config.retry().initial(), config.retry().maximum(), random);
        this.clock = clock;
        this.client = vertx.createWebSocketClient(new WebSocketClientOptions()
                .setClosingTimeout(CLOSING_SECONDS)
                .setConnectTimeout((int) config.connectTimeout().toMillis())
                .setMaxMessageSize((int) maxMessageBytes));
        this.context = vertx.getOrCreateContext();
        this.random = random;
        this.connection = new Connection.Away(State.AWAY, server.toString(), clock.instant(), "not tried yet", 0, null);
    }

    /** Begins to connect, and never stops until closed. */
    public void start(LinkPeer peer) {
        context.runOnContext(unused -> {
            this.peer = peer;
            connect(peer);
        });
    }

    /** How the agent stands with its server at this moment. */
    public Connection connection() {
        return connection;
    }

    /** What an operator should know though the agent may be connected: that another has its name. */
    public List<String> warnings() {
        Connection.Away last = replaced;
        return last == null || last.since().plus(REPLACEMENT_SHOWN).isBefore(clock.instant())
                ? List.of()
                : List.of(last.reason() + " (noticed at " + last.since() + ")");
    }

    /** Sends a report; in place of an earlier one that still waits. */
    public void report(AgentMessage.Report report) {
        later(() -> outbox.put(report));
    }

    /** Sends an acknowledgement, on each connection anew until the next. */
    public void acknowledge(AgentMessage.Acknowledgement acknowledgement) {
        later(() -> outbox.put(acknowledgement));
    }

    /** Sends the orders as they stand when there is room. */
    public void ordersChanged() {
        later(outbox::putOrders);
    }

    @Override
    public void close() {
        context.runOnContext(unused -> {
            closed = true;
            if (session != null) {
                session.end(Ending.away("this agent stops"));
            }
            client.close();
        });
    }

    private void later(Runnable put) {
        context.runOnContext(unused -> {
            put.run();
            flush();
        });
    }

    private void flush() {
        while (session != null && peer != null && session.isWritable()) {
            var next = outbox.poll(peer::orders);
            if (next.isEmpty()) {
                return;
            }
            session.send(next.get());
        }
    }

    private void connect(LinkPeer peer) {
        if (!closed) {
            session = new Session(vertx, server, config, new Events(peer));
            session.open(client);
        }
    }

    /** What the present session tells. */
    private final class Events implements Session.Owner {
        private final LinkPeer peer;

        Events(LinkPeer peer) {
            this.peer = peer;
        }

        @Override
        public AgentMessage.Hello hello() {
            outbox.renew();
            return peer.hello();
        }

        @Override
        public void welcomed(ServerMessage.Welcome welcome) {
            LOG.infof("connected server=%s version=%s", server, welcome.serverVersion());
            connection = new Connection.Connected(server.toString(), clock.instant(), welcome.serverVersion());
            peer.received(welcome);
            flush();
        }

        @Override
        public void received(ServerMessage message) {
            peer.received(message);
        }

        @Override
        public void writable() {
            flush();
        }

        @Override
        public void ended(Ending ending) {
            session = null;
            Instant now = clock.instant();
            if (closed) {
                connection = new Connection.Away(ending.state(), server.toString(), now, ending.reason(), 0, null);
                return;
            }
            int failures = connection instanceof Connection.Away away ? away.failures() + 1 : 1;
            Instant since = failures == 1 ? now : connection.since();
            LOG.logf(
                    ending.state() == connection.state() && failures > 1 ? Logger.Level.DEBUG : Logger.Level.WARN,
                    "%s server=%s failures=%d reason=%s",
                    what(ending.state()),
                    server,
                    failures,
                    ending.reason());
            Duration delay = ending.state() == State.REPLACED ? afterReplacement() : backoff.delay(failures);
            Connection.Away next = new Connection.Away(
                    ending.state(), server.toString(), since, ending.reason(), failures, now.plus(delay));
            connection = next;
            replaced = ending.state() == State.REPLACED ? next : replaced;
            vertx.setTimer(Math.max(1, delay.toMillis()), timer -> connect(peer));
        }

        private static String what(State state) {
            return switch (state) {
                case REPLACED -> "another agent took this one's place, trying again much later";
                case REFUSED -> "the server doesn't take this agent, trying until it does";
                default -> "server is away, trying until it is back";
            };
        }

        /** Two agents of one name that both came back at once would end each other's connection for ever. */
        private Duration afterReplacement() {
            return Duration.ofMillis(
                    random.nextLong(LEAST_AFTER_REPLACEMENT.toMillis(), MOST_AFTER_REPLACEMENT.toMillis()));
        }
    }
}
