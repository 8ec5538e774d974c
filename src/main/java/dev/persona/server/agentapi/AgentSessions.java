package dev.persona.server.agentapi;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.persona.server.activation.DecisionMade;
import dev.persona.server.activation.Fleet;
import dev.persona.server.activation.Report;
import dev.persona.server.activation.ReportLimits;
import dev.persona.server.decision.Input;
import dev.persona.server.instance.Instance;
import dev.persona.server.instance.InstanceChange;
import dev.persona.server.instance.Instances;
import dev.persona.server.instance.Tags;
import dev.persona.server.journal.HistoryEntry;
import dev.persona.server.parameter.ParameterCatalogue;
import dev.persona.server.persona.Persona;
import dev.persona.server.persona.PersonaSource;
import dev.persona.server.persona.PersonasChanged;
import dev.persona.server.platform.DocumentFormat;
import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.Fault;
import dev.persona.server.platform.Faults;
import dev.persona.server.platform.PolicyException;
import dev.persona.server.protocol.AgentMessage;
import dev.persona.server.protocol.ServerMessage;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * The agents that are connected: takes what they say, and tells them what changes.
 *
 * <p>An instance has one connection; a second one that says hello for it replaces the first.
 */
@Singleton
class AgentSessions implements AgentDesk {
    static final int PROTOCOL = 1;
    private static final Logger LOG = Logger.getLogger(AgentSessions.class);

    private final Instances instances;
    private final Fleet fleet;
    private final ReportLimits limits;
    private final PersonaSource personas;
    private final AgentTranslation translation;
    private final AgentMessageReader reader;
    private final AgentApiConfig config;
    private final Clock clock;
    private final String serverVersion;

    private final Set<AgentSession> open = ConcurrentHashMap.newKeySet();
    private final Map<String, AgentSession> byInstance = new ConcurrentHashMap<>();

    AgentSessions(
            Instances instances,
            Fleet fleet,
            ReportLimits limits,
            PersonaSource personas,
            ParameterCatalogue catalogue,
            AgentApiConfig config,
            Clock clock,
            MeterRegistry metrics,
            @ConfigProperty(name = "quarkus.application.version") String serverVersion) {
        this.instances = instances;
        this.fleet = fleet;
        this.limits = limits;
        this.personas = personas;
        this.translation = new AgentTranslation(catalogue);
        this.reader = new AgentMessageReader(new DocumentFormat(config.maxFrameLength(), config.maxNestingDepth()));
        this.config = config;
        this.clock = clock;
        this.serverVersion = serverVersion;
        metrics.gauge("persona.connected.agents", byInstance, Map::size);
    }

    void opened(AgentSession session) {
        open.add(session);
    }

    /** Notes that a connection has ended. */
    void closed(AgentSession session, String why) {
        session.closed();
        open.remove(session);
        session.instanceId().filter(id -> byInstance.remove(id, session)).ifPresent(id -> {
            instances.connectionOpen(id, false);
            fleet.note(
                    id,
                    HistoryEntry.Kind.DISCONNECTED,
                    JsonNodeFactory.instance.objectNode().put("reason", why));
            LOG.infof("agent disconnected instance=%s reason=%s", id, why);
        });
    }

    @Override
    public void take(AgentSession session, String frame) {
        AgentMessage message = reader.read(frame);
        if (message instanceof AgentMessage.Hello hello) {
            greet(session, hello);
            return;
        }
        String instanceId = session.instanceId()
                .orElseThrow(() -> refusal(new Fault("/type", "the first frame must be a `hello`")));
        instances.heard(instanceId, Optional.empty(), Optional.empty());
        Faults faults = new Faults();
        if (message instanceof AgentMessage.Report told) {
            Report report = translation.report(told, faults);
            refuseIfAny(faults);
            limits.take(instanceId);
            fleet.report(instanceId, report);
        } else if (message instanceof AgentMessage.Orders told) {
            Input.StandingOrders orders = translation.orders(told, "", faults);
            refuseIfAny(faults);
            fleet.order(instanceId, orders);
        } else if (message instanceof AgentMessage.Acknowledgement told) {
            var acknowledgement = translation.acknowledgement(told, faults);
            refuseIfAny(faults);
            fleet.acknowledge(instanceId, acknowledgement);
        }
    }

    private void greet(AgentSession session, AgentMessage.Hello hello) {
        if (session.instanceId().isPresent()) {
            throw refusal(new Fault("/type", "`hello` was said before; it is the first frame only"));
        }
        if (hello.protocol() != PROTOCOL) {
            String detail = "protocol " + hello.protocol() + " is not spoken here, but " + PROTOCOL
                    + " is; install an agent of this server's version";
            session.send(new ServerMessage.Refusal(ErrorCode.INVALID_DOCUMENT.name(), detail, "/protocol"));
            session.close(CloseCode.PROTOCOL, detail);
            return;
        }
        Faults faults = new Faults();
        Instance.Agent agent = translation.agent(hello, faults);
        Tags tags = translation.tags(hello.tags(), faults);
        Input.StandingOrders orders = translation.orders(hello.orders(), "/orders", faults);
        refuseIfAny(faults);

        String instanceId = hello.instanceId();
        Instance instance = instances.heard(instanceId, Optional.of(agent), Optional.of(tags));
        fleet.note(instanceId, HistoryEntry.Kind.CONNECTED, detail(hello));
        fleet.order(instanceId, orders);
        session.greeted(instanceId);
        session.send(new ServerMessage.Welcome(PROTOCOL, serverVersion, config.reportInterval()));
        session.send(definitions(instance, personas.personas()));
        seat(session, instanceId);
        session.decide(fleet.decision(instanceId), translation);
        LOG.infof("agent connected instance=%s agent_version=%s", instanceId, agent.agentVersion());
    }

    private void seat(AgentSession session, String instanceId) {
        AgentSession replaced = byInstance.put(instanceId, session);
        instances.connectionOpen(instanceId, true);
        if (replaced != null) {
            LOG.warnf("agent replaced by another connection instance=%s", instanceId);
            replaced.close(CloseCode.REPLACED, "another connection said hello for `" + instanceId + "`");
        }
        if (session.isClosed()) {
            closed(session, "closed while it said hello");
        }
    }

    void decided(@Observes DecisionMade made) {
        AgentSession session = byInstance.get(made.instanceId());
        if (session != null) {
            session.decide(made.decision(), translation);
        }
    }

    void instanceChanged(@Observes InstanceChange change) {
        if (change instanceof InstanceChange.Updated updated
                && !updated.before().personaGroups().equals(updated.after().personaGroups())) {
            Optional.ofNullable(byInstance.get(updated.after().instanceId()))
                    .ifPresent(session -> session.send(definitions(updated.after(), personas.personas())));
        } else if (change instanceof InstanceChange.Removed removed) {
            Optional.ofNullable(byInstance.remove(removed.instanceId()))
                    .ifPresent(session -> session.close(CloseCode.REMOVED, "the instance was deleted"));
        }
    }

    void personasChanged(@Observes PersonasChanged change) {
        List<Persona> all = personas.personas();
        byInstance.forEach((id, session) -> instances
                .find(id)
                .filter(instance -> !Collections.disjoint(instance.personaGroups(), change.groups()))
                .ifPresent(instance -> session.send(definitions(instance, all))));
    }

    /** Closes the connections that have not said hello in time, and those on which nothing is heard any more. */
    @Scheduled(every = "1s")
    void closeSilent() {
        Instant now = clock.instant();
        for (AgentSession session : open) {
            if (session.isClosed()) {
                continue;
            }
            if (session.instanceId().isEmpty()
                    && !now.isBefore(session.openedAt().plus(config.helloWithin()))) {
                session.close(CloseCode.NO_HELLO, "no `hello` within " + config.helloWithin());
            } else if (!now.isBefore(session.heardAt().plus(config.idleAfter()))) {
                session.close(CloseCode.IDLE, "nothing was heard for " + config.idleAfter());
            }
        }
    }

    private ServerMessage.Personas definitions(Instance instance, List<Persona> all) {
        SortedSet<String> groups = instance.personaGroups();
        return translation.definitions(
                all.stream().filter(persona -> persona.appliesTo(groups)).toList());
    }

    private static ObjectNode detail(AgentMessage.Hello hello) {
        ObjectNode detail = JsonNodeFactory.instance
                .objectNode()
                .put("hostname", hello.hostname())
                .put("agent_version", hello.agentVersion())
                .put("boot_id", hello.bootId());
        Optional.ofNullable(hello.revisionInForce()).ifPresent(revision -> detail.put("revision_in_force", revision));
        return detail;
    }

    private static void refuseIfAny(Faults faults) {
        if (!faults.isEmpty()) {
            throw refusal(faults.list().get(0));
        }
    }

    private static PolicyException refusal(Fault fault) {
        return new PolicyException(ErrorCode.INVALID_DOCUMENT, "the frame has faults", List.of(fault));
    }
}
