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
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One instance in the running fleet: its machine, what waits for it, and what it decided that is not stored yet.
 *
 * <p>Messages are stamped as they arrive, each later than the one before, so that no two share an instant; they are
 * worked off in that order. What is to be stored is taken from the lane ({@link #unstored()}) and written while the lane
 * takes further messages; then the lane is told ({@link #stored}), and tells what was decided by that moment.
 */
final class Lane {
    private static final Duration TICK = Duration.of(1, ChronoUnit.MICROS);

    private final InstantSource clock;
    private final InstanceMachine machine; // guarded by this, as is the recorder
    private final Recorder recorder;

    /** Whether the lane waits in the ready queue. */
    private final AtomicBoolean ready = new AtomicBoolean();

    private final Deque<Message> mailbox = new ArrayDeque<>(); // guarded by itself, as is lastStamp
    private Instant lastStamp;

    // guarded by this
    private final List<Decision> untold = new ArrayList<>();
    private final List<HistoryEntry> entries = new ArrayList<>();
    private boolean closed;
    private boolean isNew;
    private long eventNumber;
    private Instant at;
    private long changes; // counts what the lane took
    private long lastPressingChange;
    private long storedChanges;
    private long storedDurableChanges = -1; // a machine may have begun with other personas than it was stored with

    // written with the lock held, read by anybody
    private volatile boolean changed;
    private volatile boolean pressing;
    private volatile int entryCount;
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
     * What of a lane is to be stored and then told, as of one moment.
     *
     * @param changes how many the lane had taken
     * @param durableChanges how many of the machine's
     */
    record Unstored(
            Lane lane,
            MachineStore.State state,
            List<HistoryEntry> entries,
            List<Decision> decisions,
            Decision inForce,
            long changes,
            long durableChanges) {}

    /**
     * @param isNew whether nothing of it is stored
     * @param at the last instant that the machine has passed
     * @param eventNumber of the last event that the machine has taken
     */
    Lane(
            Instance instance,
            InstanceMachine machine,
            boolean isNew,
            Instant at,
            long eventNumber,
            Optional<JsonNode> lastApply,
            InstantSource clock) {
        this.instance = instance;
        this.machine = machine;
        this.recorder = new Recorder(machine);
        this.isNew = isNew;
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

    /** Why each persona is active or not. */
    synchronized Explanation explanation() {
        return machine.explanation();
    }

    /** The recordings that are not stored yet, the one at hand among them, in order of time. */
    synchronized List<Recording> recordings() {
        return Stream.concat(recorder.complete().stream(), Stream.of(recorder.current()))
                .toList();
    }

    /**
     * The recordings that are complete and not stored yet.
     *
     * @param all whether to complete the one at hand
     */
    synchronized List<Recording> completeRecordings(boolean all) {
        if (all) {
            recorder.end();
        }
        return closed ? List.of() : recorder.complete();
    }

    /** Notes that a recording is stored. */
    synchronized void stored(Recording recording) {
        recorder.stored(recording);
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

    /** Lets the machine take all messages that wait. */
    synchronized void takeAll(FleetMetrics metrics) {
        try {
            for (Optional<Message> next = next(); next.isPresent(); next = next()) {
                Message message = next.get();
                if (message.eventNumber() == 0 || message.eventNumber() > eventNumber) {
                    take(message, metrics);
                }
            }
        } finally {
            entryCount = entries.size();
            nextDeadline = machine.nextDeadline();
            assess();
        }
    }

    private void take(Message message, FleetMetrics metrics) {
        entries.addAll(message.entries());
        List<Input> inputs = message.inputs().get();
        recorder.record(message.at(), inputs);
        List<Decision> decisions = metrics.evaluation(() -> machine.advance(message.at(), inputs));
        at = message.at();
        eventNumber = Math.max(eventNumber, message.eventNumber());
        untold.addAll(decisions);
        decisions.forEach(decision -> entries.add(new HistoryEntry(
                instanceId(), decision.at(), HistoryEntry.Kind.DECIDED, HistoryDetail.decision(decision))));
    }

    private Optional<Message> next() {
        synchronized (mailbox) {
            Message next = mailbox.poll();
            if (next != null) {
                // INVARIANT: until what it did is stored, a message is in the mailbox or the lane has changed, and an
                // event is in the mailbox or what changed is pressing.
                noteChange(next.eventNumber() > 0);
            }
            return Optional.ofNullable(next);
        }
    }

    private void noteChange(boolean isPressing) {
        changes++;
        changed = true;
        if (isPressing) {
            lastPressingChange = changes;
            pressing = true;
        }
    }

    /** Works out what of the lane isn't stored. */
    private void assess() {
        changed = changes > storedChanges;
        pressing = lastPressingChange > storedChanges
                || machine.durableChanges() != storedDurableChanges
                || !entries.isEmpty();
    }

    /** How many messages wait to be taken. */
    int waiting() {
        synchronized (mailbox) {
            return mailbox.size();
        }
    }

    /** How many messages and history entries wait to be taken or stored. */
    int backlog() {
        return waiting() + entryCount;
    }

    /** Whether nothing waits to be taken or stored. */
    boolean isIdle() {
        return !changed && backlog() == 0;
    }

    /** Whether more waits to be taken or stored than that the instance has reported. */
    boolean isPressing() {
        return pressing || backlog() > 0;
    }

    /** Replaces the latest acknowledgement. */
    synchronized void applied(JsonNode acknowledgement) {
        lastApply = Optional.of(acknowledgement);
        noteChange(true);
    }

    /** Whether a decision waits to be stored. */
    synchronized boolean hasUntold() {
        return !closed && !untold.isEmpty();
    }

    /** What is to be stored; empty if nothing is. Take it only when what was taken before is stored, or failed to be. */
    synchronized Optional<Unstored> unstored() {
        if (closed || !changed) {
            return Optional.empty();
        }
        long durableChanges = machine.durableChanges();
        Optional<JsonNode> snapshot =
                durableChanges == storedDurableChanges ? Optional.empty() : Optional.of(machine.snapshot());
        return Optional.of(new Unstored(
                this,
                new MachineStore.State(instanceId(), isNew, at, eventNumber, snapshot, machine.latest(), lastApply),
                List.copyOf(entries),
                List.copyOf(untold),
                machine.decision(),
                changes,
                durableChanges));
    }

    /**
     * Notes that this is stored, so that what was decided can be told.
     *
     * @param telling takes the decisions in order; called with the lock held
     */
    synchronized void stored(Unstored stored, Consumer<Decision> telling) {
        untold.subList(0, stored.decisions().size()).clear();
        entries.subList(0, stored.entries().size()).clear();
        entryCount = entries.size();
        isNew = false;
        storedChanges = stored.changes();
        storedDurableChanges = stored.durableChanges();
        assess();
        told = stored.inForce();
        stored.decisions().forEach(telling);
    }

    /** Ends the lane: its instance is deleted, nothing of it is stored any more. */
    synchronized void close() {
        closed = true;
    }
}
