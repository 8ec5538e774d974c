package dev.persona.server.activation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.server.activation.Lane.Unstored;
import dev.persona.server.activation.MachineStore.State;
import dev.persona.server.decision.Decision;
import dev.persona.server.decision.Explanation;
import dev.persona.server.decision.Input;
import dev.persona.server.decision.InstanceMachine;
import dev.persona.server.decision.Recording;
import dev.persona.server.event.EventAudience;
import dev.persona.server.event.TakenEvent;
import dev.persona.server.instance.Instance;
import dev.persona.server.instance.Standing;
import dev.persona.server.journal.HistoryEntry;
import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.GroupCommit;
import dev.persona.server.platform.PolicyException;
import dev.persona.server.rule.PolicyLibrary;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The running fleet: one decision machine per instance, fed with reports, events, orders, policies and the clock.
 *
 * <p>Each instance has a {@link Lane} on which its inputs stand in order. Whoever brings an input for one instance and
 * wants the decision works its lane off at once ({@link #report}); what concerns many (events, policies, the clock) is
 * worked off by the workers.
 *
 * <p>A decision is stored, with the machine's state and the history, before anybody is told of it; those who decide at
 * the same time share a transaction. Other changes of state wait for {@link #flush()}. If the database fails, nothing is
 * told, and all is tried again with the next input or flush.
 */
public final class Fleet implements EventAudience, Standing.Standings {
    private static final Logger LOG = Logger.getLogger(Fleet.class);
    private static final int BATCH = 64;
    private static final int MAXIMUM_BACKLOG = 256;

    /** How many instances that have only reported are stored in one flush. */
    static final int REPORTED_PER_FLUSH = 1_000;

    private final InstantSource clock;
    private final Duration staleAfter;
    private final int maximumBacklog;
    private final PolicyLibrary library;
    private final MachineStore store;
    private final Executor workers;
    private final FleetMetrics metrics;
    private final Consumer<DecisionMade> listener;

    private final ConcurrentNavigableMap<String, Lane> lanes = new ConcurrentSkipListMap<>();
    private final GroupCommit<Lane> storing = new GroupCommit<>(BATCH, this::storeTogether);
    private final Deadlines deadlines = new Deadlines();
    private final Queue<Lane> ready = new ConcurrentLinkedQueue<>();
    private volatile Runnable onEarlierDeadline = () -> {};
    private volatile long lastEvent;
    private volatile long lastEventStored;
    private String lastFlushed = ""; // of those that had only reported; guarded by this

    /**
     * @param staleAfter how long a metric's value holds without a new report
     * @param maximumBacklog how many messages may wait before events are refused
     * @param workers run what nobody waits for
     * @param listener told of each decision, in order for each instance, with the lane's lock held: must not block
     */
    Fleet(
            InstantSource clock,
            Duration staleAfter,
            int maximumBacklog,
            PolicyLibrary library,
            MachineStore store,
            Executor workers,
            FleetMetrics metrics,
            Consumer<DecisionMade> listener) {
        this.clock = clock;
        this.staleAfter = staleAfter;
        this.maximumBacklog = maximumBacklog;
        this.library = library;
        this.store = store;
        this.workers = workers;
        this.metrics = metrics;
        this.listener = listener;
    }

    /**
     * Goes on where the fleet stopped: restores all machines, gives them the events that they had not stored yet, and
     * acts on the deadlines that passed meanwhile.
     *
     * @param events those that are stored, in order of number
     */
    void restore(Collection<Instance> instances, Collection<TakenEvent> events) {
        Map<String, State> states = new ConcurrentHashMap<>();
        store.all().forEach(state -> states.put(state.instanceId(), state));
        lastEvent = events.stream().mapToLong(TakenEvent::number).max().orElse(0);
        List<Lane> restored = new ArrayList<>();
        for (Instance instance : instances) {
            State state = states.get(instance.instanceId());
            Lane lane = state == null ? begin(instance, lastEvent) : restore(instance, state);
            lanes.put(lane.instanceId(), lane);
            restored.add(lane);
            events.stream()
                    .filter(event -> addresses(event, instance))
                    .forEach(event -> lane.postEvent(event.takenAt(), input(event), event.number()));
            lane.post(List.of(), List.of());
        }
        for (int from = 0; from < restored.size(); from += BATCH) {
            settle(restored.subList(from, Math.min(from + BATCH, restored.size())));
        }
        LOG.infof("fleet restored instances=%d stored_events=%d", restored.size(), events.size());
    }

    private Lane restore(Instance instance, State state) {
        Optional<JsonNode> snapshot = state.snapshot().map(stored -> InstanceMachine.snapshot(stored, state.latest()));
        InstanceMachine machine = new InstanceMachine(
                instance.instanceId(), staleAfter, library.forGroups(instance.personaGroups()), snapshot, state.at());
        return new Lane(instance, machine, false, state.at(), state.eventNumber(), state.lastApply(), clock);
    }

    /** Begins with a first decision, stored. */
    private Lane begin(Instance instance, long lastEvent) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        InstanceMachine machine = new InstanceMachine(
                instance.instanceId(), staleAfter, library.forGroups(instance.personaGroups()), Optional.empty(), now);
        Lane lane = new Lane(instance, machine, true, now, lastEvent, Optional.empty(), clock);
        lane.post(List.of(), List.of(entry(lane, HistoryEntry.Kind.REGISTERED, HistoryDetail.tags(instance.tags()))));
        settle(List.of(lane));
        return lane;
    }

    /** Takes a new instance in; events up to a number are none of its business. */
    void join(Instance instance, long lastEvent) {
        if (lanes.containsKey(instance.instanceId())) {
            return;
        }
        Lane lane = begin(instance, lastEvent);
        lanes.put(instance.instanceId(), lane);
        // The policy may have changed before the fleet had the lane.
        lane.postPolicyChange(library, List.of());
        settle(List.of(lane));
    }

    /** Takes note of what changed of an instance; other groups bring another policy. */
    void update(Instance before, Instance after) {
        Lane lane = lanes.get(after.instanceId());
        if (lane == null) {
            return;
        }
        lane.instance(after);
        if (!before.tags().equals(after.tags())) {
            lane.postPolicyChange(
                    library, List.of(entry(lane, HistoryEntry.Kind.TAGS_CHANGED, HistoryDetail.tags(after.tags()))));
            makeReady(lane);
        }
    }

    /** Forgets a deleted instance. */
    void leave(String instanceId) {
        Lane lane = lanes.remove(instanceId);
        if (lane != null) {
            lane.close();
        }
    }

    /**
     * Takes a report and waits for the decision.
     *
     * @return the decision in force, stored
     * @throws PolicyException NOT_FOUND if the instance isn't registered, EXTERNAL_FAILURE if the database doesn't store
     */
    public Decision report(String instanceId, Report report) {
        return tell(lane(instanceId), report.inputs(), List.of());
    }

    /**
     * Takes note of the pins and the hold that stand on an instance from now on.
     *
     * @return the decision in force, stored
     * @throws PolicyException NOT_FOUND if the instance isn't registered, EXTERNAL_FAILURE if the database doesn't store
     */
    public Decision order(String instanceId, Input.StandingOrders orders) {
        Lane lane = lane(instanceId);
        boolean isNew = !lane.lastOrders(orders).equals(orders);
        return tell(
                lane,
                List.of(orders),
                isNew
                        ? List.of(entry(lane, HistoryEntry.Kind.ORDERS_CHANGED, HistoryDetail.orders(orders)))
                        : List.of());
    }

    private Decision tell(Lane lane, List<Input> inputs, List<HistoryEntry> entries) {
        requireStoring(lane);
        lane.post(inputs, entries);
        settle(List.of(lane));
        return lane.told();
    }

    /** Puts something into an instance's history, unless it isn't registered any more; stored with the next flush. */
    public void note(String instanceId, HistoryEntry.Kind kind, JsonNode detail) {
        Lane lane = lanes.get(instanceId);
        if (lane != null) {
            requireStoring(lane);
            lane.post(List.of(), List.of(entry(lane, kind, detail)));
        }
    }

    /**
     * Takes note of what became of a decision on the host.
     *
     * @throws PolicyException NOT_FOUND if the instance isn't registered
     */
    public void acknowledge(String instanceId, Acknowledgement acknowledgement) {
        Lane lane = lane(instanceId);
        note(instanceId, HistoryEntry.Kind.ACKNOWLEDGED, acknowledgement.document());
        lane.applied(acknowledgement.summary());
        metrics.acknowledged(acknowledgement);
    }

    /** Gives all instances in one of these groups the policy as of now. */
    void policiesChanged(Set<String> groups) {
        lanes.values().stream()
                .filter(lane -> !Collections.disjoint(lane.instance().personaGroups(), groups))
                .forEach(lane -> {
                    lane.postPolicyChange(library, List.of());
                    makeReady(lane);
                });
    }

    /** Gives all instances the policy as of now. */
    void policiesChanged() {
        lanes.values().forEach(lane -> {
            lane.postPolicyChange(library, List.of());
            makeReady(lane);
        });
    }

    @Override
    public void requireRoom() {
        if (lanes.values().stream().mapToInt(Lane::waiting).sum() >= maximumBacklog) {
            throw new PolicyException(
                    ErrorCode.TOO_MANY,
                    "the server is busy with events that it took before; send this again in a few seconds");
        }
    }

    @Override
    public int tell(TakenEvent event) {
        Input input = input(event);
        List<Lane> addressed = event.instanceId()
                .map(id -> Stream.ofNullable(lanes.get(id)))
                .orElseGet(() -> lanes.values().stream())
                .filter(lane -> addresses(event, lane.instance()))
                .toList();
        addressed.forEach(lane -> {
            lane.postEvent(event.takenAt(), input, event.number());
            makeReady(lane);
        });
        lastEvent = event.number();
        return addressed.size();
    }

    /**
     * The decision in force.
     *
     * @throws PolicyException NOT_FOUND if the instance isn't registered
     */
    public Decision decision(String instanceId) {
        Lane lane = lane(instanceId);
        if (!lane.isIdle()) {
            settleOrLater(List.of(lane));
        }
        return lane.told();
    }

    /**
     * Why each persona is active or not, as of now.
     *
     * @throws PolicyException NOT_FOUND if the instance isn't registered
     */
    public Explanation explanation(String instanceId) {
        Lane lane = lane(instanceId);
        lane.post(List.of(), List.of());
        settle(List.of(lane));
        return lane.explanation();
    }

    /**
     * The recordings of an instance up to now that are not stored yet, in order of time.
     *
     * @throws PolicyException NOT_FOUND if the instance isn't registered
     */
    List<Recording> recordings(String instanceId) {
        Lane lane = lane(instanceId);
        lane.post(List.of(), List.of());
        settle(List.of(lane));
        return lane.recordings();
    }

    @Override
    public Standing of(String instanceId) {
        return Optional.ofNullable(lanes.get(instanceId)).map(Lane::standing).orElse(Standing.NONE);
    }

    /** Calls somebody when there is an earlier deadline than all before. */
    void onEarlierDeadline(Runnable wake) {
        onEarlierDeadline = wake;
    }

    /** When {@link #actOnDeadlines()} is to be called next. */
    Optional<Instant> nextDeadline() {
        return deadlines.next();
    }

    /** Lets the machines whose deadlines have come act on them. */
    void actOnDeadlines() {
        Instant now = clock.instant();
        for (Lane lane : deadlines.due(now)) {
            Optional<Instant> deadline = lane.nextDeadline();
            boolean isMember = lanes.get(lane.instanceId()) == lane;
            if (isMember && deadline.isPresent() && !deadline.get().isAfter(now)) {
                lane.post(List.of(), List.of());
                makeReady(lane);
            } else {
                await(lane);
            }
        }
    }

    /**
     * Stores what isn't stored yet; after that, the events told before are not needed any more. Of instances that have
     * only reported since they were stored, {@value #REPORTED_PER_FLUSH} take their turn.
     *
     * @throws PolicyException EXTERNAL_FAILURE if the database doesn't store; the next flush tries again
     */
    synchronized void flush() {
        long event = lastEvent;
        store(lanes.values().stream().filter(Lane::isPressing).toList());
        if (event > lastEventStored) {
            store.eventsTaken(event);
            lastEventStored = event;
        }
        List<Lane> reported = Stream.concat(
                        lanes.tailMap(lastFlushed, false).values().stream(),
                        lanes.headMap(lastFlushed, true).values().stream())
                .filter(lane -> !lane.isIdle())
                .limit(REPORTED_PER_FLUSH)
                .toList();
        store(reported);
        lastFlushed =
                reported.isEmpty() ? "" : reported.get(reported.size() - 1).instanceId();
    }

    /**
     * Stores everything, before the server ends.
     *
     * @throws PolicyException EXTERNAL_FAILURE if the database doesn't store
     */
    void storeAll() {
        flush();
        store(lanes.values().stream().filter(lane -> !lane.isIdle()).toList());
    }

    private void store(List<Lane> all) {
        for (int from = 0; from < all.size(); from += BATCH) {
            List<Lane> batch = all.subList(from, Math.min(from + BATCH, all.size()));
            takeAll(batch);
            storing.store(batch);
        }
    }

    /**
     * Stores the recordings that are complete; one caller at a time, or two would store the same.
     *
     * @param all whether to complete those at hand, too
     * @throws PolicyException EXTERNAL_FAILURE if the database doesn't store; the next call tries again
     */
    synchronized void storeRecordings(boolean all) {
        List<Recording> batch = new ArrayList<>();
        for (Lane lane : lanes.values()) {
            batch.addAll(lane.completeRecordings(all));
            if (batch.size() >= BATCH) {
                storeRecordings(batch);
                batch.clear();
            }
        }
        storeRecordings(batch);
    }

    private void storeRecordings(List<Recording> batch) {
        if (!batch.isEmpty()) {
            store.record(batch);
            batch.forEach(recording ->
                    Optional.ofNullable(lanes.get(recording.instanceId())).ifPresent(lane -> lane.stored(recording)));
        }
    }

    /** Stores whatever isn't stored yet of one instance. */
    void flush(String instanceId) {
        store(List.of(lane(instanceId)));
    }

    private void makeReady(Lane lane) {
        if (lane.ready().compareAndSet(false, true)) {
            ready.add(lane);
            workers.execute(this::work);
        }
    }

    private void work() {
        List<Lane> batch = new ArrayList<>();
        for (Lane lane = ready.poll(); lane != null; lane = batch.size() < BATCH ? ready.poll() : null) {
            batch.add(lane);
        }
        settleOrLater(batch);
    }

    private void settleOrLater(List<Lane> batch) {
        try {
            settle(batch);
        } catch (RuntimeException e) {
            LOG.errorf(e, "storing failed, tried again with the next flush instances=%d", batch.size());
        }
    }

    /** Works lanes off: lets the machines take what waits, has stored and told what was decided. */
    private void settle(List<Lane> batch) {
        RuntimeException failure = takeAll(batch);
        List<Lane> decided = batch.stream().filter(Lane::hasUntold).toList();
        if (!decided.isEmpty()) {
            storing.store(decided);
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Stores what of lanes isn't stored in one transaction, and tells what was decided. */
    private void storeTogether(Set<Lane> batch) {
        List<Unstored> unstored =
                batch.stream().flatMap(lane -> lane.unstored().stream()).toList();
        if (!unstored.isEmpty()) {
            store.save(
                    unstored.stream().map(Unstored::state).toList(),
                    unstored.stream().flatMap(each -> each.entries().stream()).toList());
            unstored.forEach(each -> each.lane().stored(each, decision -> announce(each.lane(), decision)));
        }
    }

    /** Lets machines take what waits; one that fails keeps no other from it. */
    private @Nullable RuntimeException takeAll(List<Lane> batch) {
        RuntimeException failure = null;
        for (Lane lane : batch) {
            lane.ready().set(false);
            try {
                lane.takeAll(metrics);
            } catch (RuntimeException e) {
                LOG.errorf(e, "input not taken instance=%s", lane.instanceId());
                failure = e;
            }
            await(lane);
        }
        return failure;
    }

    private void announce(Lane lane, Decision decision) {
        metrics.decided();
        LOG.infof(
                "decision made instance=%s revision=%d personas=%s",
                lane.instanceId(),
                decision.revision(),
                decision.activePersonas().stream()
                        .map(Decision.ActivePersona::personaId)
                        .toList());
        listener.accept(new DecisionMade(lane.instanceId(), decision));
    }

    private void await(Lane lane) {
        boolean isMember = lanes.get(lane.instanceId()) == lane;
        if (isMember
                && lane.nextDeadline().isPresent()
                && deadlines.await(lane, lane.nextDeadline().get())) {
            onEarlierDeadline.run();
        }
    }

    private Lane lane(String instanceId) {
        Lane lane = lanes.get(instanceId);
        if (lane == null) {
            throw new PolicyException(
                    ErrorCode.NOT_FOUND,
                    "there is no instance `" + instanceId + "`; `GET /instances` lists those registered");
        }
        return lane;
    }

    private static void requireStoring(Lane lane) {
        if (lane.backlog() >= MAXIMUM_BACKLOG) {
            throw new PolicyException(
                    ErrorCode.EXTERNAL_FAILURE,
                    "the database stores nothing of instance `" + lane.instanceId()
                            + "` for some time; try again later");
        }
    }

    private HistoryEntry entry(Lane lane, HistoryEntry.Kind kind, JsonNode detail) {
        return new HistoryEntry(lane.instanceId(), clock.instant().truncatedTo(ChronoUnit.MICROS), kind, detail);
    }

    private static boolean addresses(TakenEvent event, Instance instance) {
        return event.instanceId().map(instance.instanceId()::equals).orElse(true)
                && event.personaGroup().map(instance.personaGroups()::contains).orElse(true);
    }

    private static Input input(TakenEvent event) {
        return new Input.Event(event.attributes(), event.data());
    }
}
