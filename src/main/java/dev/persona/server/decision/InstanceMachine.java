package dev.persona.server.decision;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.server.decision.Decision.Reason;
import dev.persona.server.decision.Decision.Reason.Change;
import dev.persona.server.decision.Decision.Source;
import dev.persona.server.decision.Input.Hold;
import dev.persona.server.decision.Input.Pin;
import dev.persona.server.decision.Input.StandingOrders;
import dev.persona.server.persona.Persona;
import dev.persona.server.rule.Consequences;
import dev.persona.server.rule.InstanceFacts;
import dev.persona.server.rule.InstanceFacts.Standing;
import dev.persona.server.rule.Policy;
import dev.persona.server.rule.RulePass;
import dev.persona.server.trigger.EventState;
import dev.persona.server.trigger.LeafState;
import dev.persona.server.trigger.Trigger.Leaf;
import dev.persona.server.trigger.Trigger.Threshold;
import dev.persona.server.trigger.Truth;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One instance's state over time: inputs go in, decisions come out. Pure: the same policy, inputs and instants give the
 * same decisions, whenever and wherever it runs. Not thread-safe: its owner passes inputs one batch at a time.
 *
 * <p>At each instant that matters it does the same: takes the inputs, moves the state of every trigger, lets the custom
 * rules and then the persona rules judge the facts, and lays pins and hold over the outcome. Pins and hold touch nothing
 * of what lies beneath. The persona rules are asked only if a fact has changed that they look at.
 */
public final class InstanceMachine {
    /** How many personas that no longer apply are remembered for their cooldown; the latest to end are kept. */
    private static final int MAXIMUM_GONE = 1_000;

    private final String instanceId;
    private final Observations observations;
    private final Map<String, Tenure> tenures = new HashMap<>();
    private final Map<String, Instant> activeSince = new HashMap<>();

    private Policy policy;
    private LeafState[] leaves = {};
    private SortedSet<String> metrics = new TreeSet<>();
    private StandingOrders orders;
    private Instant now;
    private Instant deadline = LeafState.NEVER;
    private boolean settling;
    private Optional<RuleSight> sight = Optional.empty();
    private Decision decision;
    private long durableChanges;

    // Whether the rules would see something else than they saw last, and what followed then. A restored machine asks
    // them again, to the same effect.
    private boolean unjudged = true;
    private boolean factsMoved;
    private Instant[] mayTurn = {}; // for each persona, in order of rank
    private Instant nextTurn = LeafState.NEVER;
    private List<Persona> holding = List.of();
    private List<Consequences.Claim> ruleClaims = List.of();
    private Map<String, List<Consequences.Request>> ruleRequests = Map.of();
    private SortedMap<String, Pin> pins = new TreeMap<>();
    private Optional<Hold> hold = Optional.empty();

    /**
     * @param staleAfter how long a metric's value holds without a new report; longer than zero
     * @param snapshot what {@link #snapshot()} gave before a restart; empty for a new instance
     * @param now where a new instance begins; it decides first when it is advanced to that instant or beyond. A restored
     *     one goes on from its own last instant
     * @throws IllegalArgumentException if the snapshot can't be read
     */
    public InstanceMachine(
            String instanceId, Duration staleAfter, Policy policy, Optional<JsonNode> snapshot, Instant now) {
        this.instanceId = instanceId;
        this.policy = policy;
        if (snapshot.isPresent()) {
            MachineMemory memory = MachineMemory.of(snapshot.get());
            this.now = memory.at();
            this.observations = new Observations(staleAfter, memory.observations());
            this.orders = memory.orders();
            this.settling = memory.settling();
            this.sight = memory.sight();
            this.decision = memory.decision();
            tenures.putAll(memory.tenures());
            activeSince.putAll(memory.activeSince());
            follow(policy, leaf -> remembered(leaf, memory));
            this.pins = pinsAt(this.now);
            this.hold = holdAt(this.now);
            this.deadline = decision.revision() == 0 ? this.now : nextChange();
        } else {
            this.now = now;
            this.observations = new Observations(staleAfter);
            this.orders = new StandingOrders(List.of(), Optional.empty());
            this.decision = Decision.none(now);
            follow(policy, leaf -> LeafState.begin(leaf, now, observations));
            this.deadline = now;
        }
    }

    /**
     * Moves the clock to an instant: acts on every deadline before it, each at its own instant, then takes the inputs
     * of that instant together and decides once.
     *
     * @param at later than the last instant decided
     * @return the decisions that differ from their predecessors, in order of time
     */
    public List<Decision> advance(Instant at, List<Input> inputs) {
        boolean begins = decision.revision() == 0 && at.equals(now);
        if (!at.isAfter(now) && !begins) {
            throw new IllegalArgumentException("instant `" + at + "` is not after `" + now + "`, the last one decided");
        }
        List<Decision> decisions = new ArrayList<>();
        while (deadline.isBefore(at)) {
            step(deadline, List.of()).ifPresent(decisions::add);
        }
        step(at, inputs).ifPresent(decisions::add);
        return decisions;
    }

    /** The next instant at which something may change by time alone. */
    public Optional<Instant> nextDeadline() {
        return deadline.equals(LeafState.NEVER) ? Optional.empty() : Optional.of(deadline);
    }

    /** The last instant decided. */
    public Instant now() {
        return now;
    }

    String instanceId() {
        return instanceId;
    }

    Duration staleAfter() {
        return observations.staleAfter();
    }

    /** What the instance is subject to. */
    Policy policy() {
        return policy;
    }

    /** The metrics that a trigger looks at, in order. */
    SortedSet<String> metrics() {
        return metrics;
    }

    /** The decision in force; revision 0, in which nothing is active, before the first. */
    public Decision decision() {
        return decision;
    }

    /** The metrics that a trigger looks at and that are stale or were never reported, in order. */
    public SortedSet<String> staleMetrics() {
        SortedSet<String> stale = new TreeSet<>(metrics);
        stale.removeIf(metric -> observations
                .sample(metric)
                .filter(sample -> sample.freshAt(now))
                .isPresent());
        return stale;
    }

    /** Why each persona is active or not, as of the last instant decided. */
    public Explanation explanation() {
        Explainer explainer = new Explainer(this::state, observations, now);
        return new Explanation(
                instanceId,
                now,
                decision,
                new Contests(policy, pins.keySet(), ruleClaims).of(decision),
                staleMetrics(),
                policy.personas().stream()
                        .map(persona -> explainer.explain(
                                persona,
                                tenure(persona),
                                Optional.ofNullable(pins.get(persona.personaId())),
                                ruleRequests.getOrDefault(persona.personaId(), List.of())))
                        .toList(),
                ruleClaims,
                Optional.empty());
    }

    /** Everything that must survive a restart, as JSON. */
    public JsonNode snapshot() {
        Map<String, JsonNode> memories = new TreeMap<>();
        for (int i = 0; i < leaves.length; i++) {
            JsonNode memory = leaves[i].memory();
            if (!memory.isEmpty()) {
                memories.put(policy.leafKeys().get(i), memory);
            }
        }
        return new MachineMemory(
                        MachineMemory.VERSION,
                        now,
                        settling,
                        sight,
                        observations.memory(),
                        memories,
                        new TreeMap<>(tenures),
                        new TreeMap<>(activeSince),
                        orders,
                        decision)
                .json();
    }

    /** What of the {@link #snapshot()} may have changed since the last durable change, as JSON: a small part of it. */
    public JsonNode latest() {
        return new MachineMemory.Latest(now, settling, sight, observations.memory()).json();
    }

    /**
     * The snapshot that a machine would have given when it gave its {@link #latest()}.
     *
     * @param snapshot that it gave before, with no durable change since
     * @throws IllegalArgumentException if one of them can't be read
     */
    public static JsonNode snapshot(JsonNode snapshot, JsonNode latest) {
        return MachineMemory.of(snapshot).with(MachineMemory.Latest.of(latest)).json();
    }

    /** Counts the changes after which a stored snapshot isn't good any more, not even with the {@link #latest()}. */
    public long durableChanges() {
        return durableChanges;
    }

    private Optional<Decision> step(Instant at, List<Input> inputs) {
        List<Reason> reasons = new ArrayList<>();
        now = at;
        if (observations.take(at, inputs, metrics)) {
            durableChanges++;
        }
        boolean changed = takePolicy(at, inputs, reasons);
        if (!changed) {
            moveLeaves(at);
        }
        changed |= judge(at, reasons);
        changed |= takeOrders(at, inputs, reasons);
        deadline = nextChange();
        if (!changed) {
            return Optional.empty();
        }
        // Even if the decision says the same: what lies beneath has changed.
        durableChanges++;
        return decide(at, reasons);
    }

    private boolean takePolicy(Instant at, List<Input> inputs, List<Reason> reasons) {
        Policy before = policy;
        Policy next = policy;
        for (Input input : inputs) {
            if (input instanceof Input.PolicyChange change) {
                next = change.policy();
            }
        }
        if (next == before) {
            return false;
        }
        Map<Leaf, LeafState> known = Stream.of(leaves).collect(Collectors.toMap(LeafState::leaf, Function.identity()));
        follow(next, leaf -> Optional.ofNullable(known.get(leaf))
                .map(state -> state.next(at, observations))
                .orElseGet(() -> LeafState.begin(leaf, at, observations)));
        before.personas().stream()
                .filter(old -> policy.contains(old.personaId()))
                .filter(old -> revision(old.personaId()) != old.revision())
                .map(old -> new Reason(
                        old.personaId(),
                        Change.CHANGED,
                        "revision " + revision(old.personaId()) + " replaces revision " + old.revision()))
                .forEach(reasons::add);
        return true;
    }

    private long revision(String personaId) {
        return policy.personas().get(policy.rank(personaId)).revision();
    }

    /** Takes a policy with the states of its triggers. */
    private void follow(Policy next, Function<Leaf, LeafState> states) {
        policy = next;
        leaves = next.leaves().stream().map(states).toArray(LeafState[]::new);
        metrics = next.leaves().stream()
                .filter(Threshold.class::isInstance)
                .map(leaf -> ((Threshold) leaf).metric())
                .collect(Collectors.toCollection(TreeSet::new));
        unjudged = true;
        mayTurn = next.personas().stream()
                .map(persona -> mayTurn(persona, tenure(persona)))
                .toArray(Instant[]::new);
        nextTurn = nextTurn();
    }

    private LeafState remembered(Leaf leaf, MachineMemory memory) {
        JsonNode remembered = memory.leaves().get(policy.leafKeys().get(policy.indexOf(leaf)));
        return remembered == null
                ? LeafState.begin(leaf, now, observations)
                : LeafState.restore(leaf, remembered, now, observations);
    }

    /** Ends the personas that no longer apply, whatever their {@code minimum_active} says. */
    private void endWhatIsGone(Instant at, List<Reason> reasons) {
        tenures.forEach((id, tenure) -> {
            if (tenure.active() && !policy.contains(id)) {
                tenures.replace(id, tenure.ended(at));
                reasons.add(new Reason(
                        id,
                        Change.DEACTIVATED,
                        "it no longer applies: it was disabled or deleted, or the instance has left its groups"));
            }
        });
        List<String> gone = tenures.keySet().stream()
                .filter(id -> !policy.contains(id))
                .sorted(Comparator.comparing(
                                (String id) -> tenures.get(id).ended().orElseThrow())
                        .reversed()
                        .thenComparing(Comparator.naturalOrder()))
                .skip(MAXIMUM_GONE)
                .toList();
        gone.forEach(tenures::remove);
    }

    /** Moves the state of every trigger, in place: most stay what they are. */
    private void moveLeaves(Instant at) {
        for (int i = 0; i < leaves.length; i++) {
            LeafState leaf = leaves[i];
            LeafState next = leaf.next(at, observations);
            if (next != leaf) {
                leaves[i] = next;
                factsMoved |= next.truth() != leaf.truth();
                durableChanges += next.remembersAs(leaf) ? 0 : 1;
            }
        }
    }

    /** Lets the rules say what holds by itself; answers whether that has changed. */
    private boolean judge(Instant at, List<Reason> reasons) {
        List<Consequences.Claim> claimsBefore = ruleClaims;
        Set<String> requestedBefore = ruleRequests.keySet();
        RulePass pass = runCustomRules(at);
        ruleClaims = pass.claims();
        ruleRequests = pass.requests().isEmpty()
                ? Map.of()
                : pass.requests().stream().collect(Collectors.groupingBy(Consequences.Request::personaId));
        boolean changed = unjudged || !ruleClaims.equals(claimsBefore);
        factsMoved |= !ruleRequests.keySet().equals(requestedBefore);
        if (unjudged || factsMoved || !at.isBefore(nextTurn)) {
            int reasonsBefore = reasons.size();
            if (unjudged) {
                endWhatIsGone(at, reasons);
            }
            unjudged = false;
            holding = policy.holding(new InstanceFacts(policy, truths(), standings(at)));
            factsMoved = false;
            turn(at, pass.failures(), reasons);
            nextTurn = nextTurn();
            if (reasons.size() > reasonsBefore) {
                sight = sight.map(seen -> seen.turned(at));
                changed = true;
            }
        }
        return changed;
    }

    private RulePass runCustomRules(Instant at) {
        if (!policy.hasCustomRules()) {
            settling = false;
            sight = Optional.empty();
            return RulePass.NOTHING;
        }
        RuleSight seen = sight.filter(before -> !before.isOverAt(at)).orElseGet(() -> RuleSight.of(tenures));
        RawFacts facts = new RawFacts(instanceId, policy, this::state, observations, seen.active(), at);
        RulePass pass = policy.runCustomRules(facts);
        settling = !observations.events().isEmpty();
        sight = Optional.of(seen.until(facts.nextChange()));
        return pass;
    }

    private List<Truth> truths() {
        List<Truth> truths = new ArrayList<>(leaves.length);
        for (LeafState leaf : leaves) {
            truths.add(leaf.truth());
        }
        return truths;
    }

    private List<Standing> standings(Instant at) {
        List<Standing> standings = new ArrayList<>(mayTurn.length);
        for (Persona persona : policy.personas()) {
            Tenure tenure = tenure(persona);
            boolean inTime = !at.isBefore(mayTurn[standings.size()]);
            standings.add(new Standing(
                    tenure.active(),
                    tenure.active() && inTime,
                    !tenure.active() && inTime,
                    ruleRequests.containsKey(persona.personaId())));
        }
        return standings;
    }

    /**
     * Begins and ends personas as the rules say, each with a reason. That is no reason to ask the rules again: what has
     * begun goes on, and what has ended stays away, until a fact moves or their time comes.
     */
    private void turn(Instant at, List<RulePass.Failure> failures, List<Reason> reasons) {
        Explainer explainer = new Explainer(this::state, observations, at);
        int held = 0;
        for (int rank = 0; rank < mayTurn.length; rank++) {
            Persona persona = policy.personas().get(rank);
            Tenure tenure = tenure(persona);
            // Those that hold are in order of rank, too.
            boolean holds = held < holding.size() && holding.get(held) == persona;
            held += holds ? 1 : 0;
            if (holds == tenure.active()) {
                continue;
            }
            String id = persona.personaId();
            if (holds) {
                Optional<String> trigger = explainer.whyBegun(persona);
                tenure = tenure.begun(at, trigger.isPresent() ? Source.TRIGGER : Source.RULE);
                reasons.add(new Reason(
                        id, Change.ACTIVATED, trigger.orElseGet(() -> Explainer.asked(ruleRequests.get(id)))));
            } else {
                String failed = tenure.source() == Source.RULE ? failed(failures) : "";
                tenure = tenure.ended(at);
                reasons.add(new Reason(id, Change.DEACTIVATED, explainer.whyEnded(persona) + failed));
            }
            tenures.put(id, tenure);
            mayTurn[rank] = mayTurn(persona, tenure);
        }
    }

    private static String failed(List<RulePass.Failure> failures) {
        return failures.stream()
                .map(failure -> "; custom rules `" + failure.document() + "` failed: " + failure.cause())
                .distinct()
                .collect(Collectors.joining());
    }

    /** Takes new orders, and ends and begins those whose time it is; answers whether others stand now. */
    private boolean takeOrders(Instant at, List<Input> inputs, List<Reason> reasons) {
        for (Input input : inputs) {
            if (input instanceof StandingOrders told && !told.equals(orders)) {
                orders = told;
                durableChanges++;
            }
        }
        SortedMap<String, Pin> pinsBefore = pins;
        Optional<Hold> holdBefore = hold;
        pins = pinsAt(at);
        hold = holdAt(at);
        pins.forEach((id, pin) -> {
            if (!pinsBefore.containsKey(id)) {
                reasons.add(new Reason(id, Change.PINNED, "pinned by `" + pin.by() + "`: " + pin.reason()));
            }
        });
        pinsBefore.forEach((id, pin) -> {
            if (!pins.containsKey(id)) {
                reasons.add(new Reason(id, Change.UNPINNED, "the pin by `" + pin.by() + "` has ended"));
            }
        });
        return !pins.equals(pinsBefore) || !hold.equals(holdBefore);
    }

    /** The pins that stand and whose persona applies, by persona; of several on one the first in the list. */
    private SortedMap<String, Pin> pinsAt(Instant at) {
        SortedMap<String, Pin> standing = new TreeMap<>();
        for (Pin pin : orders.pins()) {
            if (pin.standsAt(at) && policy.contains(pin.personaId())) {
                standing.putIfAbsent(pin.personaId(), pin);
            }
        }
        return standing;
    }

    private Optional<Hold> holdAt(Instant at) {
        return orders.hold().filter(standing -> standing.standsAt(at));
    }

    /** Lays pins and hold over what holds by itself. */
    private Optional<Decision> decide(Instant at, List<Reason> reasons) {
        List<Persona> pinned = pins.isEmpty()
                ? List.of()
                : policy.personas().stream()
                        .filter(persona -> pins.containsKey(persona.personaId()))
                        .toList();
        Set<String> active = new HashSet<>(pins.keySet());
        holding.forEach(persona -> active.add(persona.personaId()));
        activeSince.keySet().retainAll(active);
        active.forEach(id -> activeSince.putIfAbsent(id, at));
        Resolution resolution = new Resolution(pinned, holding, tenures, activeSince, ruleClaims, hold);
        List<Reason> all = new ArrayList<>(reasons);
        all.addAll(holdReasons(active));
        all.sort(Comparator.comparing(Reason::personaId).thenComparing(Reason::change));
        Decision next = resolution.decision(at, decision.revision() + 1, all);
        if (decision.revision() > 0 && next.saysTheSameAs(decision)) {
            return Optional.empty();
        }
        decision = next;
        return Optional.of(next);
    }

    /** Why active personas stop or begin to show: a hold begins or ends. */
    private List<Reason> holdReasons(Set<String> active) {
        if (hold.isPresent() == decision.hold().isPresent()) {
            return List.of();
        }
        return active.stream()
                .map(id -> hold.map(standing ->
                                new Reason(id, Change.HELD, "held by `" + standing.by() + "`: " + standing.reason()))
                        .orElseGet(() -> new Reason(id, Change.RESUMED, "the hold has ended")))
                .toList();
    }

    private Instant nextChange() {
        Instant next = settling ? now.plus(EventState.PULSE) : LeafState.NEVER;
        next = sooner(next, sight.map(RuleSight::next).orElse(LeafState.NEVER));
        next = sooner(next, nextTurn);
        for (LeafState leaf : leaves) {
            next = sooner(next, leaf.deadline(observations));
        }
        for (Pin pin : orders.pins()) {
            next = sooner(sooner(next, pin.since()), pin.until().orElse(LeafState.NEVER));
        }
        if (orders.hold().isPresent()) {
            Hold standing = orders.hold().get();
            next = sooner(sooner(next, standing.since()), standing.until().orElse(LeafState.NEVER));
        }
        return next;
    }

    /** When a persona may end or begin that may not now. */
    private Instant nextTurn() {
        Instant next = LeafState.NEVER;
        for (Instant turn : mayTurn) {
            next = sooner(next, turn);
        }
        return next;
    }

    /** A candidate if it lies ahead and before the next change known so far, else that one. */
    private Instant sooner(Instant next, Instant candidate) {
        return candidate.isBefore(next) && candidate.isAfter(now) ? candidate : next;
    }

    /** From when on a persona may end, if it is active, or begin: {@code minimum_active} or {@code cooldown} has passed. */
    private static Instant mayTurn(Persona persona, Tenure tenure) {
        if (tenure.active()) {
            return tenure.since().orElseThrow().plus(persona.minimumActive());
        }
        return tenure.ended().isPresent() ? tenure.ended().get().plus(persona.cooldown()) : Instant.MIN;
    }

    private Tenure tenure(Persona persona) {
        return tenures.getOrDefault(persona.personaId(), Tenure.NEVER);
    }

    private LeafState state(Leaf leaf) {
        return leaves[policy.indexOf(leaf)];
    }
}
