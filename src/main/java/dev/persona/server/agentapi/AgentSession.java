package dev.persona.server.agentapi;

import dev.persona.server.activation.TokenBucket;
import dev.persona.server.decision.Decision;
import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.Fault;
import dev.persona.server.platform.PolicyException;
import dev.persona.server.protocol.ServerMessage;
import java.time.Instant;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * One agent's connection.
 *
 * <p>Frames arrive on an event-loop thread, which only puts them into a bounded queue; a worker takes them one by one.
 * What is sent goes through the {@link Outbox}.
 */
final class AgentSession {
    private static final Logger LOG = Logger.getLogger(AgentSession.class);

    private final Peer peer;
    private final Outbox outbox;
    private final AgentDesk desk;
    private final Executor workers;
    private final TokenBucket rate;
    private final int maximumRefusals;
    private final Instant openedAt;

    private final Queue<String> frames;
    private final AtomicBoolean working = new AtomicBoolean();
    private int refusalsInARow; // by whoever works

    private volatile Optional<String> instanceId = Optional.empty();
    private volatile Instant heardAt;
    private volatile boolean closed;
    private long lastRevision; // guarded by this

    /**
     * @param desk carries out what the agent says
     * @param rate how many frames are taken
     * @param maximumWaiting how many frames may wait to be worked off
     * @param maximumRefusals so many in a row end the connection
     */
    AgentSession(
            Peer peer,
            Outbox outbox,
            AgentDesk desk,
            Executor workers,
            TokenBucket rate,
            int maximumWaiting,
            int maximumRefusals,
            Instant openedAt) {
        this.peer = peer;
        this.outbox = outbox;
        this.desk = desk;
        this.workers = workers;
        this.rate = rate;
        this.frames = new ArrayBlockingQueue<>(maximumWaiting);
        this.maximumRefusals = maximumRefusals;
        this.openedAt = openedAt;
        this.heardAt = openedAt;
    }

    /** The instance whose agent this is; absent before the hello. */
    Optional<String> instanceId() {
        return instanceId;
    }

    Instant openedAt() {
        return openedAt;
    }

    /** When something was last heard, if only an answer to a ping. */
    Instant heardAt() {
        return heardAt;
    }

    boolean isClosed() {
        return closed;
    }

    void heard(Instant now) {
        heardAt = now;
    }

    /** Takes a frame to be worked off; never blocks. */
    void receive(String frame, Instant now) {
        heardAt = now;
        if (closed) {
            return;
        }
        if (!rate.take() || !frames.offer(frame)) {
            close(CloseCode.REFUSED, "frames come faster than they can be taken");
        } else if (working.compareAndSet(false, true)) {
            workers.execute(this::work);
        }
    }

    private void work() {
        do {
            for (String frame = frames.poll(); frame != null && !closed; frame = frames.poll()) {
                take(frame);
            }
            working.set(false);
        } while (!frames.isEmpty() && !closed && working.compareAndSet(false, true));
    }

    private void take(String frame) {
        try {
            desk.take(this, frame);
            refusalsInARow = 0;
        } catch (PolicyException e) {
            refuse(e);
        } catch (RuntimeException e) {
            LOG.errorf(e, "frame not taken instance=%s", instanceId.orElse("unknown"));
            refuse(new PolicyException(ErrorCode.INTERNAL_FAILURE, "the server failed to take this frame"));
        }
    }

    private void refuse(PolicyException refusal) {
        Fault fault = refusal.faults().isEmpty() ? null : refusal.faults().get(0);
        String detail = fault == null ? refusal.getMessage() : fault.detail();
        LOG.debugf(
                "frame refused instance=%s code=%s pointer=%s",
                instanceId.orElse("unknown"), refusal.code(), fault == null ? "" : fault.pointer());
        send(new ServerMessage.Refusal(refusal.code().name(), detail, fault == null ? null : fault.pointer()));
        refusalsInARow++;
        if (instanceId.isEmpty()) {
            close(
                    refusal.code().kind() == ErrorCode.Kind.USER && refusal.code() != ErrorCode.TOO_MANY
                            ? CloseCode.NO_HELLO
                            : CloseCode.UNAVAILABLE,
                    "hello was refused: " + detail);
        } else if (refusalsInARow >= maximumRefusals) {
            close(CloseCode.REFUSED, refusalsInARow + " frames in a row were refused");
        }
    }

    /** From now on this is the connection of an instance's agent. */
    void greeted(String instance) {
        instanceId = Optional.of(instance);
    }

    void send(ServerMessage message) {
        if (!closed) {
            outbox.send(message);
        }
    }

    /** Sends a decision, unless the agent was told a later one. */
    synchronized void decide(Decision decision, AgentTranslation translation) {
        if (decision.revision() >= lastRevision) {
            lastRevision = decision.revision();
            send(translation.decision(decision));
        }
    }

    void close(CloseCode code, String reason) {
        closed = true;
        peer.close(code, reason);
    }

    /** Notes that the connection has ended, whoever ended it. */
    void closed() {
        closed = true;
    }
}
