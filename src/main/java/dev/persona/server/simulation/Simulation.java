package dev.persona.server.simulation;

import dev.persona.server.decision.Decision;
import dev.persona.server.decision.Input;
import dev.persona.server.decision.InstanceMachine;
import dev.persona.server.persona.Persona;
import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.MediaTypes;
import dev.persona.server.platform.PolicyException;
import dev.persona.server.rule.PolicyCache;
import dev.persona.server.rule.RuleDocument;
import dev.persona.server.rule.RulePass;
import dev.persona.server.simulation.Scenario.Expectation;
import dev.persona.server.simulation.Scenario.Happening;
import dev.persona.server.simulation.SimulationEnding.Unmet;
import dev.persona.server.trigger.Trigger.Threshold;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Runs a scenario through the same engine as live instances, on a turned clock. */
public final class Simulation {
    /** How many instants one simulation may decide. */
    static final int MAXIMUM_INSTANTS = 1_000_000;
    /** How many decisions one answer may hold. */
    static final int MAXIMUM_DECISIONS = 10_000;
    /** How many comparisons the custom rules of one simulation may have to make. */
    static final long MAXIMUM_COMPARISONS = 20_000_000;

    private static final int HUNDREDTHS = 100;

    private final Scenario scenario;
    private final SimulationAudience audience;
    private final Map<Instant, List<Expectation>> expectations;
    private final SortedMap<String, Persona> personas = new TreeMap<>();
    private final PolicyCache policies;
    private final InstanceMachine machine;
    private final Tally tally = new Tally();
    private final List<Unmet> unmet = new ArrayList<>();

    private Set<String> groups;
    private Input.StandingOrders orders = new Input.StandingOrders(List.of(), Optional.empty());
    private Optional<Decision> shown = Optional.empty();
    private int instants;
    private long comparisons;
    private long progress;

    private Simulation(Scenario scenario, List<RuleDocument> customRules, SimulationAudience audience) {
        this.scenario = scenario;
        this.audience = audience;
        this.expectations = scenario.expectations().stream().collect(Collectors.groupingBy(Expectation::at));
        scenario.personas().forEach(this::save);
        this.groups = scenario.groups();
        this.policies = new PolicyCache(
                () -> List.copyOf(personas.values()), scenario.rules().orElse(customRules), this::ran);
        this.machine = new InstanceMachine(
                scenario.instanceId(),
                scenario.staleAfter(),
                policies.forGroups(groups),
                Optional.empty(),
                scenario.start());
    }

    /**
     * Runs a scenario to its end.
     *
     * @param customRules those in force, which take part unless the scenario names others
     * @throws PolicyException TOO_LARGE if it takes more instants or decisions than one simulation may
     */
    public static SimulationAnswer run(Scenario scenario, List<RuleDocument> customRules) {
        return run(scenario, customRules, () -> {});
    }

    /**
     * Runs a scenario to its end.
     *
     * @param stillWanted asked before each instant; what it throws ends the simulation
     */
    static SimulationAnswer run(Scenario scenario, List<RuleDocument> customRules, Runnable stillWanted) {
        List<Decision> decisions = new ArrayList<>();
        SimulationEnding ending = run(scenario, customRules, new SimulationAudience() {
            @Override
            public void decided(Decision decision) {
                if (decisions.size() == MAXIMUM_DECISIONS) {
                    throw new PolicyException(
                            ErrorCode.TOO_LARGE,
                            "the simulation changes its decision more than " + MAXIMUM_DECISIONS
                                    + " times; shorten the story, or accept `" + MediaTypes.NDJSON + "`");
                }
                decisions.add(decision);
            }

            @Override
            public void stillThere() {
                stillWanted.run();
            }
        });
        return new SimulationAnswer(decisions, ending);
    }

    /**
     * Runs a scenario to its end, keeping nothing that the audience is told.
     *
     * @throws PolicyException TOO_LARGE if it takes more instants than one simulation may
     */
    static SimulationEnding run(Scenario scenario, List<RuleDocument> customRules, SimulationAudience audience) {
        return new Simulation(scenario, customRules, audience).run();
    }

    private SimulationEnding run() {
        SortedSet<Instant> turns = new TreeSet<>(scenario.happenings().keySet());
        turns.addAll(expectations.keySet());
        turns.add(scenario.start());
        turns.add(scenario.until());
        SortedSet<String> missing = metricsNeverReported();
        turns.forEach(this::turnTo);
        return new SimulationEnding(
                unmet,
                tally.summary(scenario.start(), scenario.until()),
                scenario.trace().map(trace -> trace.missing(missing)));
    }

    private SortedSet<String> metricsNeverReported() {
        SortedSet<String> metrics = policies.forGroups(groups).leaves().stream()
                .filter(Threshold.class::isInstance)
                .map(leaf -> ((Threshold) leaf).metric())
                .collect(Collectors.toCollection(TreeSet::new));
        scenario.happenings().values().stream()
                .flatMap(List::stream)
                .filter(Happening.Observed.class::isInstance)
                .map(happening -> ((Happening.Observed) happening).input())
                .filter(Input.Metrics.class::isInstance)
                .forEach(input ->
                        metrics.removeAll(((Input.Metrics) input).metrics().keySet()));
        return metrics;
    }

    private void turnTo(Instant at) {
        for (Optional<Instant> due = machine.nextDeadline();
                due.filter(at::isAfter).isPresent();
                due = machine.nextDeadline()) {
            decide(due.orElseThrow(), List.of());
        }
        decide(at, inputs(at, scenario.happenings().getOrDefault(at, List.of())));
        expectations.getOrDefault(at, List.of()).forEach(this::check);
    }

    private void decide(Instant at, List<Input> inputs) {
        if (++instants > MAXIMUM_INSTANTS) {
            throw new PolicyException(
                    ErrorCode.TOO_LARGE,
                    "the simulation takes more than " + MAXIMUM_INSTANTS + " instants; shorten the story");
        }
        audience.stillThere();
        for (Decision decision : machine.advance(at, inputs)) {
            tally.take(decision);
            if (shown.filter(decision::looksLike).isEmpty()) {
                shown = Optional.of(decision);
                audience.decided(decision);
            }
        }
        tellProgress(at);
    }

    private void tellProgress(Instant at) {
        long whole = Duration.between(scenario.start(), scenario.until()).toMillis();
        long told =
                whole == 0 ? HUNDREDTHS : Duration.between(scenario.start(), at).toMillis() * HUNDREDTHS / whole;
        if (told > progress) {
            progress = told;
            audience.progressed(at, (double) told / HUNDREDTHS);
        }
    }

    private List<Input> inputs(Instant at, List<Happening> happenings) {
        List<Input> inputs = new ArrayList<>();
        boolean policyChanged = false;
        Input.StandingOrders before = orders;
        for (Happening happening : happenings) {
            if (happening instanceof Happening.Observed observed) {
                inputs.add(observed.input());
            } else {
                policyChanged |= change(happening);
            }
        }
        if (policyChanged) {
            inputs.add(new Input.PolicyChange(policies.forGroups(groups)));
        }
        if (!orders.equals(before)) {
            inputs.add(orders);
        }
        return inputs;
    }

    /** Changes what the instance is subject to; answers whether that was the policy. */
    private boolean change(Happening happening) {
        if (happening instanceof Happening.Saved saved) {
            save(saved.persona());
            policies.dropAll();
            return true;
        }
        if (happening instanceof Happening.Deleted deleted) {
            personas.remove(deleted.personaId());
            policies.dropAll();
            return true;
        }
        if (happening instanceof Happening.Tagged tagged) {
            groups = tagged.groups();
            return true;
        }
        List<Input.Pin> pins = new ArrayList<>(orders.pins());
        Optional<Input.Hold> hold = orders.hold();
        if (happening instanceof Happening.Pinned pinned) {
            pins.removeIf(pin -> pin.personaId().equals(pinned.pin().personaId()));
            pins.add(pinned.pin());
        } else if (happening instanceof Happening.Unpinned unpinned) {
            pins.removeIf(pin -> pin.personaId().equals(unpinned.personaId()));
        } else if (happening instanceof Happening.Held held) {
            hold = Optional.of(held.hold());
            if (held.rollback()) {
                pins.clear();
            }
        } else if (happening instanceof Happening.Resumed) {
            hold = Optional.empty();
        }
        orders = new Input.StandingOrders(pins, hold);
        return false;
    }

    private void save(Persona persona) {
        tally.add(persona.personaId());
        Persona before = personas.get(persona.personaId());
        personas.put(
                persona.personaId(),
                before == null ? persona : persona.at(before.revision() + 1, before.createdAt(), persona.updatedAt()));
    }

    private void ran(RuleDocument document, String instanceId, Instant at, RulePass pass) {
        comparisons += pass.comparisons();
        if (comparisons > MAXIMUM_COMPARISONS) {
            throw new PolicyException(
                    ErrorCode.TOO_LARGE,
                    "the custom rules have to make more than " + MAXIMUM_COMPARISONS
                            + " comparisons; shorten the story, or narrow their patterns by their key");
        }
    }

    private void check(Expectation expectation) {
        new Observation(machine.decision(), machine.staleMetrics(), scenario.start())
                .unmet(expectation)
                .ifPresent(unmet::add);
    }
}
