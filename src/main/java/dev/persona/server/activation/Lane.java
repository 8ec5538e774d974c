package dev.persona.server.activation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.server.decision.Decision;
import dev.persona.server.decision.Explanation;
import dev.persona.server.decision.Input;
import dev.persona.server.decision.InstanceMachine;
import dev.persona.server.decision.Recorder;
import dev.persona.server.decision.Recording;
import dev.persona.server.instance.Instance;
import dev.persona.server.instance.Standing;
import dev.persona.server.journal.HistoryEntry;
import dev.persona.server.rule.PolicyLibrary;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One instance in the running fleet: its machine, what waits for it, and what it decided that is not stored yet.
 *
 * <p>Messages are stamped as they arrive, each later than the one before, so that no two share an instant; they are
 * worked off in that order by whoever holds the lock.
 */
final class Lane {
    private static final Duration TICK = Duration.of(1, ChronoUnit.MICROS);

    private final InstantSource clock;
    private final InstanceMachine machine;
    private final Recorder recorder; // guarded by the lock

    /** Held while messages are worked off, stored and told; locks of several lanes are taken in order of id. */
    private final ReentrantLock lock = new ReentrantLock();

    /** Whether the lane waits in the ready queue. */
    private final AtomicBoolean ready = new AtomicBoolean();

    private final Deque<Message> mailbox = new ArrayDeque<>(); // guarded by itself, as is lastStamp
    private Instant lastStamp;

    // guarded by the lock
    private final List<Decision> untold = new ArrayList<>();
    private final List<HistoryEntry> unstored = new ArrayList<>();
    private boolean closed;
    private long eventNumber;
    private Instant at;

    // written with the lock held, read by anybody
    private volatile boolean changed;
    private volatile int unstoredCount;
    private volatile Instance instance;
    private volatile Decision told;
    private volatile Optional<JsonNode> lastApply;
    private volatile Optional<Instant> nextDeadline = Optional.empty();
    private final AtomicReference<Input.StandingOrders> lastOrders =
            new AtomicReference<>(new Input.StandingOrders(List.of(), Optional.empty()));

    /** The deadline under which the lane waits in {@link Deadlines}, and guarded by it. */
    @Nullable
    Instant queuedFor;

    /**
     * Something for the machine.
     *
     * @param inputs asked for when the machine takes them; none if only time passes
     * @param entries go into the history
     * @param eventNumber of the event among the inputs, 0 if there is none
     */
    private record Message(Instant at, Supplier<List<Input>> inputs, List<HistoryEntry> entries, long eventNumber) {}

    /**
     * @param at the last instant that the machine has passed
     * @param eventNumber of the last event that the machine has taken
     */
    Lane(
            Instance instance,
            InstanceMachine machine,
            Instant at,
            long eventNumber,
            Optional<JsonNode> lastApply,
            InstantSource clock) {
        this.instance = instance;
        this.machine = machine;
        this.recorder = new Recorder(machine);
        this.at = at;
        this.lastStamp = at;
        this.eventNumber = eventNumber;
        this.lastApply = lastApply;
        this.clock = clock;
        this.told = machine.decision();
    }

    String instanceId() {
        return instance.instanceId();
    }

    Instance instance() {
        return instance;
    }

    void instance(Instance changed) {
        instance = changed;
    }

    ReentrantLock lock() {
        return lock;
    }

    AtomicBoolean ready() {
        return ready;
    }

    /** The decision in force: the last that is stored. */
    Decision told() {
        return told;
    }

    /** What runs on the instance. */
    Standing standing() {
        Decision decision = told;
        return new Standing(
                decision.revision(),
                decision.activePersonas().stream()
                        .map(Decision.ActivePersona::personaId)
                        .toList(),
                decision.hold().isPresent(),
                lastApply);
    }

    /** Remembers the orders told last, and answers those told before. */
    Input.StandingOrders lastOrders(Input.StandingOrders orders) {
        return lastOrders.getAndSet(orders);
    }

    /** Why each persona is active or not. Takes the lock. */
    Explanation explanation() {
        lock.lock();
        try {
            return machine.explanation();
        } finally {
            lock.unlock();
        }
    }

    /** The recordings that are not stored yet, the one at hand among them, in order of time. Takes the lock. */
    List<Recording> recordings() {
        lock.lock();
        try {
            return Stream.concat(recorder.complete().stream(), Stream.of(recorder.current()))
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    /**
     * The recordings that are complete and not stored yet. Takes the lock.
     *
     * @param all whether to complete the one at hand
     */
    List<Recording> completeRecordings(boolean all) {
        lock.lock();
        try {
            if (all) {
                recorder.end();
            }
            return closed ? List.of() : recorder.complete();
        } finally {
            lock.unlock();
        }
    }

    /** Notes that a recording is stored. Takes the lock. */
    void stored(Recording recording) {
        lock.lock();
        try {
            recorder.stored(recording);
        } finally {
            lock.unlock();
        }
    }

    Optional<Instant> nextDeadline() {
        return nextDeadline;
    }

    /** Stamps a message with now and puts it behind those that wait. */
    void post(List<Input> inputs, List<HistoryEntry> entries) {
        post(clock.instant(), () -> inputs, entries, 0);
    }

    /**
     * Lets the machine have another policy, behind the messages that wait.
     *
     * @param library asked only when the machine takes it, so that of several changes the last one stays
     */
    void postPolicyChange(PolicyLibrary library, List<HistoryEntry> entries) {
        post(
                clock.instant(),
                () -> List.of(new Input.PolicyChange(library.forGroups(instance.personaGroups()))),
                entries,
                0);
    }

    /** Puts an event that arrived at an instant behind the messages that wait. */
    void postEvent(Instant arrivedAt, Input event, long number) {
        post(arrivedAt, () -> List.of(event), List.of(), number);
    }

    private void post(Instant now, Supplier<List<Input>> inputs, List<HistoryEntry> entries, long number) {
        synchronized (mailbox) {
            Instant stamp = now.truncatedTo(ChronoUnit.MICROS);
            if (!stamp.isAfter(lastStamp)) {
                stamp = lastStamp.plus(TICK);
            }
            lastStamp = stamp;
            mailbox.add(new Message(stamp, inputs, entries, number));
        }
    }

    /** Lets the machine take all messages that wait. Call with the lock held. */
    void takeAll(FleetMetrics metrics) {
        for (Optional<Message> next = next(); next.isPresent(); next = next()) {
            Message message = next.get();
            if (message.eventNumber() == 0 || message.eventNumber() > eventNumber) {
                take(message, metrics);
            }
        }
        unstoredCount = unstored.size();
        nextDeadline = machine.nextDeadline();
    }

    private void take(Message message, FleetMetrics metrics) {
        unstored.addAll(message.entries());
        List<Input> inputs = message.inputs().get();
        recorder.record(message.at(), inputs);
        List<Decision> decisions = metrics.evaluation(() -> machine.advance(message.at(), inputs));
        at = message.at();
        eventNumber = Math.max(eventNumber, message.eventNumber());
        untold.addAll(decisions);
        decisions.forEach(decision -> unstored.add(new HistoryEntry(
                instanceId(), decision.at(), HistoryEntry.Kind.DECIDED, HistoryDetail.decision(decision))));
    }

    private Optional<Message> next() {
        synchronized (mailbox) {
            Message next = mailbox.poll();
            // INVARIANT: a message is in the mailbox, or the lane has changed, until what it did is stored.
            changed |= next != null;
            return Optional.ofNullable(next);
        }
    }

    /** How many messages wait to be taken. */
    int waiting() {
        synchronized (mailbox) {
            return mailbox.size();
        }
    }

    /** How many messages and history entries wait to be taken or stored. */
    int backlog() {
        return waiting() + unstoredCount;
    }

    /** Whether nothing waits to be taken or stored. */
    boolean isIdle() {
        return !changed && backlog() == 0;
    }

    /** Replaces the latest acknowledgement. Call with the lock held. */
    void applied(JsonNode acknowledgement) {
        lastApply = Optional.of(acknowledgement);
        changed = true;
    }

    /** Whether a decision waits to be stored. Call with the lock held. */
    boolean hasUntold() {
        return !closed && !untold.isEmpty();
    }

    /** Whether anything waits to be stored. Call with the lock held. */
    boolean hasChanged() {
        return !closed && (changed || !untold.isEmpty());
    }

    /** What is to be stored. Call with the lock held. */
    MachineStore.State state() {
        return new MachineStore.State(instanceId(), at, eventNumber, machine.snapshot(), lastApply);
    }

    /** The history that is to be stored. Call with the lock held. */
    List<HistoryEntry> unstored() {
        return unstored;
    }

    /**
     * Notes that state and history are stored, so that what was decided can be told. Call with the lock held.
     *
     * @return the decisions to tell, in order
     */
    List<Decision> stored() {
        List<Decision> tellable = List.copyOf(untold);
        untold.clear();
        unstored.clear();
        unstoredCount = 0;
        changed = false;
        told = machine.decision();
        return tellable;
    }

    /** Ends the lane: its instance is deleted, nothing of it is stored any more. Call with the lock held. */
    void close() {
        closed = true;
    }
}
