package dev.persona.agent.loop;

import dev.persona.agent.activation.CorrectionLimit;
import dev.persona.agent.activation.Enforcement;
import dev.persona.agent.api.OrderListener;
import dev.persona.agent.link.Connection;
import dev.persona.agent.link.Link;
import dev.persona.agent.link.LinkPeer;
import dev.persona.agent.platform.AgentConfig;
import dev.persona.agent.platform.AgentConfig.OnDisconnect;
import dev.persona.agent.platform.AgentConfig.OnDrift;
import dev.persona.agent.platform.Bounds;
import dev.persona.agent.platform.Identity;
import dev.persona.agent.protocol.AgentMessage;
import dev.persona.agent.protocol.ServerMessage;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The agent at work: measures and reports, brings the host to what the server decides, tries again what failed, ends
 * orders whose time is up and decisions that nobody renews, looks whether somebody else has changed the host, and tells
 * the server what became of everything.
 *
 * <p>Two threads, so that a reading that hangs holds up no change, and the other way round: one measures, one changes the
 * host. Of several decisions that wait only the latest is carried out.
 */
public final class Loop implements LinkPeer, OrderListener {
    private static final Logger LOG = Logger.getLogger(Loop.class);
    private static final int PROTOCOL = 1;
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final int MOST_CORRECTIONS = 1_000;
    private static final Duration BEFORE_WELCOME = Duration.ofSeconds(5);

    /** Timers see neither the clock being set nor the host asleep, so none that waits for an instant runs longer. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

    /** What another try may mend: a service that was starting, a control group or module that has come since. */
    private static final Set<String> RETRIED = Set.of("failed", "not_supported");

    private static final Duration LAST_READING = Duration.ofSeconds(1);
    private static final Duration LAST_CHANGE = Duration.ofMinutes(1);

    private final Supplier<AgentMessage.Report> sensor;
    private final Link link;
    private final Enforcement enforcement;
    private final Identity identity;
    private final String version;
    private final AgentConfig config;
    private final InstantSource clock;

    private final Turns measuring = new Turns("persona-measuring");
    private final Turns changing = new Turns("persona-changing");
    private final Turns.Timer nextReport = measuring.timer(this::report);
    private final Turns.Timer nextExpiry = changing.timer(this::expire);
    private final Turns.Timer nextVerification = changing.timer(this::verify);
    private final Turns.Timer nextRetry = changing.timer(this::retry);
    private final Turns.Timer nextLookAtServer = changing.timer(this::lookAtServer);
    private final AtomicReference<ServerMessage.@Nullable Personas> personas = new AtomicReference<>();
    private final AtomicReference<ServerMessage.@Nullable Decision> decision = new AtomicReference<>();
    private volatile Duration reportInterval;

    /** How long the next retry will wait; touched on the changing thread only, as what follows. */
    private Duration retryWait;

    /** What the server was told last. */
    private AgentMessage.@Nullable Orders ordersTold;

    private @Nullable Map<String, AgentMessage.ParameterDrift> driftTold = Map.of();

    /**
     * @param sensor called on one thread only
     * @param version of this agent
     * @throws ConfigurationException if an interval is out of bounds
     */
    public Loop(
            Supplier<AgentMessage.Report> sensor,
            Link link,
            Enforcement enforcement,
            Identity identity,
            String version,
            AgentConfig config,
            InstantSource clock) {
        this.sensor = sensor;
        this.link = link;
        this.enforcement = enforcement;
        this.identity = identity;
        this.version = version;
        this.config = config;
        this.clock = clock;
        this.reportInterval = config.reportInterval().orElse(BEFORE_WELCOME);
        Bounds.check("persona.agent.report-interval", reportInterval, SHORTEST, LONGEST);
        Bounds.check("persona.agent.verify-interval", config.verifyInterval(), SHORTEST, Duration.ofDays(1));
        Bounds.check("persona.agent.retry-interval", config.retryInterval(), SHORTEST, LONGEST);
        Bounds.check("persona.agent.on-drift.corrections", config.onDrift().corrections(), 1, MOST_CORRECTIONS);
        Bounds.check("persona.agent.on-drift.within", config.onDrift().within(), SHORTEST, Duration.ofDays(1));
        Bounds.check("persona.agent.on-disconnect.after", config.onDisconnect().after(), SHORTEST, Duration.ofDays(30));
        this.retryWait = config.retryInterval();
    }

    /** Brings the host to what is remembered, and only then listens to the server. */
    public void start() {
        LOG.infof("agent starts instance=%s version=%s", identity.instanceId(), version);
        nextReport.set(Duration.ZERO);
        changing.take(this::recover);
    }

    /** Ends after the change that is under way, and leaves the host as configured. */
    public void stop() {
        measuring.stop(LAST_READING);
        if (config.onStop() == AgentConfig.OnStop.RESTORE) {
            changing.take(() -> settled(enforcement.withdraw()));
        }
        changing.stop(LAST_CHANGE);
        link.close();
        LOG.infof("agent stopped instance=%s", identity.instanceId());
    }

    @Override
    public AgentMessage.Hello hello() {
        return new AgentMessage.Hello(
                PROTOCOL,
                identity.instanceId(),
                identity.hostname(),
                version,
                identity.bootId(),
                identity.tags(),
                enforcement.revisionInForce().orElse(null),
                enforcement.orders());
    }

    @Override
    public AgentMessage.Orders orders() {
        return enforcement.orders();
    }

    @Override
    public void received(ServerMessage message) {
        if (message instanceof ServerMessage.Welcome welcome) {
            welcomed(welcome);
        } else if (message instanceof ServerMessage.Personas next) {
            if (personas.getAndSet(next) == null) {
                changing.take(this::remember);
            }
        } else if (message instanceof ServerMessage.Decision next) {
            if (decision.getAndSet(next) == null) {
                changing.take(this::enforce);
            }
        }
    }

    @Override
    public void ordered(AgentMessage.Acknowledgement acknowledgement) {
        changing.take(() -> settled(acknowledgement));
    }

    private void welcomed(ServerMessage.Welcome welcome) {
        if (config.reportInterval().isEmpty()) {
            Duration asked = welcome.reportInterval();
            reportInterval = asked.compareTo(SHORTEST) < 0 ? SHORTEST : asked.compareTo(LONGEST) > 0 ? LONGEST : asked;
        }
        nextReport.set(Duration.ZERO);
    }

    private void report() {
        try {
            link.report(sensor.get());
        } finally {
            nextReport.set(reportInterval);
        }
    }

    private void recover() {
        try {
            settled(enforcement.recover());
        } finally {
            link.start(this);
            nextVerification.set(config.verifyInterval());
            if (config.onDisconnect().reaction() == OnDisconnect.Reaction.ROLLBACK) {
                lookAtServer();
            }
        }
    }

    private void remember() {
        Optional.ofNullable(personas.getAndSet(null))
                .flatMap(next -> enforcement.remember(next.personas()))
                .ifPresent(this::settled);
    }

    private void enforce() {
        retryWait = config.retryInterval();
        Optional.ofNullable(decision.getAndSet(null)).map(enforcement::enforce).ifPresent(this::settled);
    }

    private void retry() {
        settled(enforcement.recover());
    }

    /** Lets go of the decision once the server has been away for the configured time; exact, unless the clock is set. */
    private void lookAtServer() {
        Duration wait = config.onDisconnect().after();
        if (link.connection() instanceof Connection.Away away) {
            wait = Duration.between(
                    clock.instant(), away.since().plus(config.onDisconnect().after()));
            if (wait.isNegative() || wait.isZero()) {
                wait = config.onDisconnect().after();
                enforcement.lapse().ifPresent(acknowledgement -> {
                    LOG.warnf("The server has been away too long, its decision is let go since=%s", away.since());
                    settled(acknowledgement);
                });
            }
        }
        nextLookAtServer.set(shortened(wait));
    }

    private void expire() {
        enforcement.expire().ifPresentOrElse(this::settled, this::awaitExpiry);
    }

    private void verify() {
        try {
            if (config.onDrift().reaction() == OnDrift.Reaction.CORRECT) {
                enforcement.correct(new CorrectionLimit(
                        config.onDrift().corrections(), config.onDrift().within()));
            } else {
                enforcement.verify();
            }
            enforcement
                    .acknowledgement()
                    .filter(last -> !Objects.equals(last.drift(), driftTold))
                    .ifPresent(this::tell);
        } finally {
            nextVerification.set(config.verifyInterval());
        }
    }

    private void settled(AgentMessage.Acknowledgement acknowledgement) {
        boolean nothingStands =
                acknowledgement.revision() == 0 && acknowledgement.parameters().isEmpty();
        if (!nothingStands) {
            tell(acknowledgement);
        }
        AgentMessage.Orders orders = enforcement.orders();
        if (!orders.equals(ordersTold)) {
            ordersTold = orders;
            link.ordersChanged();
        }
        awaitExpiry();
        if (acknowledgement.parameters().values().stream()
                .anyMatch(parameter -> RETRIED.contains(parameter.status()))) {
            nextRetry.set(retryWait);
            retryWait = shorter(retryWait.multipliedBy(2), LONGEST);
        } else {
            nextRetry.cancel();
            retryWait = config.retryInterval();
        }
    }

    private void tell(AgentMessage.Acknowledgement acknowledgement) {
        driftTold = acknowledgement.drift();
        link.acknowledge(acknowledgement);
    }

    private void awaitExpiry() {
        Optional<Instant> expiry = enforcement.nextExpiry();
        if (expiry.isPresent()) {
            Duration wait = Duration.between(clock.instant(), expiry.get());
            nextExpiry.set(shortened(wait));
        } else {
            nextExpiry.cancel();
        }
    }

    private static Duration shortened(Duration wait) {
        return shorter(wait, LONGEST_WAIT);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
