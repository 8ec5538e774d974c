package dev.persona.server.instance;

import dev.persona.server.instance.Instance.Agent;
import dev.persona.server.instance.InstanceChange.Registered;
import dev.persona.server.instance.InstanceChange.Removed;
import dev.persona.server.instance.InstanceChange.Updated;
import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.GroupCommit;
import dev.persona.server.platform.PolicyException;
import dev.persona.server.platform.Revision;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * All registered instances, with their liveness.
 *
 * <p>They are held in memory, in order of id; each change is stored before it is told. Contact times alone are stored
 * behind ({@link #storeContacts()}).
 */
@ApplicationScoped
public class Instances {
    private static final Logger LOG = Logger.getLogger(Instances.class);
    private static final int STORED_AT_ONCE = 64;
    private static final int LOCKS = 256;

    private final InstanceRepository repository;
    private final InstanceConfig config;
    private final InstantSource clock;
    private final Event<InstanceChange> changes;
    private final ConcurrentNavigableMap<String, Seat> seats = new ConcurrentSkipListMap<>();
    private final GroupCommit<Instance> storing;

    /** How many are registered or about to be. */
    private final AtomicInteger count = new AtomicInteger();

    /** Changes of one instance follow each other: whoever changes it holds the lock that its id falls to. */
    private final List<Object> locks = Stream.generate(Object::new).limit(LOCKS).toList();

    Instances(
            InstanceRepository repository, InstanceConfig config, InstantSource clock, Event<InstanceChange> changes) {
        this.repository = repository;
        this.config = config;
        this.clock = clock;
        this.changes = changes;
        this.storing = new GroupCommit<>(STORED_AT_ONCE, repository::save);
        repository
                .all()
                .forEach(stored ->
                        seats.put(stored.instance().instanceId(), new Seat(stored.instance(), stored.lastHeardAt())));
        count.set(seats.size());
    }

    /** What is held of one instance: its registration, and when it was last heard of. */
    private static final class Seat {
        private volatile Instance instance;
        private volatile Optional<Instant> heardAt;
        private volatile boolean heardUnstored;
        private volatile boolean connectionOpen;

        Seat(Instance instance, Optional<Instant> heardAt) {
            this.instance = instance;
            this.heardAt = heardAt;
        }
    }

    /** An instance as of now. */
    record Seen(Instance instance, Liveness liveness, Optional<Instant> lastHeardAt) {}

    /** All instances, in order of id. */
    public List<Instance> all() {
        return seats.values().stream().map(seat -> seat.instance).toList();
    }

    public int count() {
        return count.get();
    }

    public Optional<Instance> find(String instanceId) {
        return Optional.ofNullable(seats.get(instanceId)).map(seat -> seat.instance);
    }

    /** @throws PolicyException NOT_FOUND if it isn't registered */
    public Instance require(String instanceId) {
        return find(instanceId).orElseThrow(() -> notFound(instanceId));
    }

    /** @throws PolicyException NOT_FOUND if it isn't registered */
    Seen see(String instanceId) {
        return Optional.ofNullable(seats.get(instanceId)).map(this::seen).orElseThrow(() -> notFound(instanceId));
    }

    /** The instances that a filter takes, in order of id, from the one after an id on. */
    Stream<Seen> list(InstanceFilter filter, String after) {
        return seats.tailMap(after, false).values().stream()
                .map(this::seen)
                .filter(seen -> filter.takes(seen.instance(), seen.liveness()));
    }

    /**
     * Notes that an instance was heard of, and registers it if it is unknown.
     *
     * @param agent what its agent says about itself; absent leaves what is known
     * @param agentTags replace the agent's tags; absent leaves those known
     * @throws PolicyException TOO_MANY if it is unknown and there is no room for another
     */
    public Instance heard(String instanceId, Optional<Agent> agent, Optional<Tags> agentTags) {
        Instance instance = change(
                instanceId,
                known -> new Instance(
                        instanceId,
                        agent.or(known::agent),
                        agentTags.orElse(known.agentTags()),
                        known.serverTags(),
                        known.tagsRevision(),
                        known.registeredAt()));
        Seat seat = seats.get(instanceId);
        if (seat != null) {
            seat.heardAt = Optional.of(clock.instant().truncatedTo(ChronoUnit.MICROS));
            seat.heardUnstored = true;
        }
        return instance;
    }

    /**
     * Replaces the server's tags of an instance, and registers it if it is unknown.
     *
     * @param expected the tags revision that the caller means to replace; that of an unknown instance is 0
     * @throws PolicyException REVISION_MISMATCH if the tags have another revision; TOO_MANY if the instance is unknown
     *     and there is no room for another
     */
    public Instance retag(String instanceId, Tags serverTags, Revision.Expected expected) {
        return change(instanceId, known -> {
            expected.verify("instance `" + instanceId + "`, its tags,", known.tagsRevision());
            return known.serverTags().equals(serverTags)
                    ? known
                    : new Instance(
                            instanceId,
                            known.agent(),
                            known.agentTags(),
                            serverTags,
                            known.tagsRevision() + 1,
                            known.registeredAt());
        });
    }

    /**
     * Deletes an instance with its decisions and history.
     *
     * @throws PolicyException NOT_FOUND if it isn't registered, IN_USE while it is connected: it would be back with its
     *     next report, without its tags
     */
    public void remove(String instanceId) {
        synchronized (lock(instanceId)) {
            if (see(instanceId).liveness() == Liveness.CONNECTED) {
                throw new PolicyException(
                        ErrorCode.IN_USE,
                        "instance `" + instanceId + "` is connected and would register again; stop its agent and wait"
                                + " until it is stale");
            }
            repository.remove(instanceId);
            seats.remove(instanceId);
            count.decrementAndGet();
            LOG.infof("instance removed instance=%s", instanceId);
            changes.fire(new Removed(instanceId));
        }
    }

    /** Notes that an agent's connection is open from now on, or no more. */
    public void connectionOpen(String instanceId, boolean open) {
        Seat seat = seats.get(instanceId);
        if (seat != null) {
            seat.connectionOpen = open;
        }
    }

    /** Stores when instances were last heard of. */
    public void storeContacts() {
        Map<String, Instant> heard = new HashMap<>();
        seats.forEach((id, seat) -> {
            if (seat.heardUnstored) {
                seat.heardUnstored = false;
                seat.heardAt.ifPresent(at -> heard.put(id, at));
            }
        });
        if (!heard.isEmpty()) {
            repository.saveHeard(heard);
        }
    }

    private Instance change(String instanceId, UnaryOperator<Instance> change) {
        Seat seat = seats.get(instanceId);
        if (seat != null && change.apply(seat.instance).equals(seat.instance)) {
            return seat.instance;
        }
        return changeStored(instanceId, change);
    }

    private Instance changeStored(String instanceId, UnaryOperator<Instance> change) {
        synchronized (lock(instanceId)) {
            Seat seat = seats.get(instanceId);
            if (seat == null) {
                return register(instanceId, change);
            }
            Instance before = seat.instance;
            Instance after = change.apply(before);
            if (!after.equals(before)) {
                storing.store(List.of(after));
                seat.instance = after;
                changes.fire(new Updated(before, after));
            }
            return after;
        }
    }

    private Instance register(String instanceId, UnaryOperator<Instance> change) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        Instance instance = change.apply(new Instance(instanceId, Optional.empty(), Tags.NONE, Tags.NONE, 0, now));
        takeRoom(instanceId);
        boolean seated = false;
        try {
            storing.store(List.of(instance));
            changes.fire(new Registered(instance));
            seats.put(instanceId, new Seat(instance, Optional.empty()));
            seated = true;
        } finally {
            if (!seated) {
                count.decrementAndGet();
            }
        }
        LOG.infof("instance registered instance=%s groups=%s", instanceId, instance.personaGroups());
        return instance;
    }

    private void takeRoom(String instanceId) {
        int before = count.getAndUpdate(taken -> taken < config.maximumCount() ? taken + 1 : taken);
        if (before >= config.maximumCount()) {
            throw new PolicyException(
                    ErrorCode.TOO_MANY,
                    "instance `" + instanceId + "` can't be registered: there are " + before
                            + " already; delete some or raise `persona.instance.maximum-count`");
        }
    }

    private Object lock(String instanceId) {
        return locks.get(Math.floorMod(instanceId.hashCode(), LOCKS));
    }

    private Seen seen(Seat seat) {
        Instance instance = seat.instance;
        Optional<Instant> heardAt = seat.heardAt;
        boolean connected = seat.connectionOpen || heardAt.map(this::isFresh).orElse(false);
        return new Seen(
                instance, connected ? Liveness.CONNECTED : silence(heardAt.orElse(instance.registeredAt())), heardAt);
    }

    private boolean isFresh(Instant heardAt) {
        return clock.instant().isBefore(heardAt.plus(config.staleAfter()));
    }

    private Liveness silence(Instant since) {
        return clock.instant().isBefore(since.plus(config.goneAfter())) ? Liveness.STALE : Liveness.GONE;
    }

    private static PolicyException notFound(String instanceId) {
        return new PolicyException(
                ErrorCode.NOT_FOUND,
                "there is no instance `" + instanceId + "`; `GET /instances` lists those registered");
    }
}
