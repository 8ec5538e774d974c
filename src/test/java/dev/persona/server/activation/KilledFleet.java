package dev.persona.server.activation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.persona.server.TurnableClock;
import dev.persona.server.decision.Decision;
import dev.persona.server.decision.Input;
import dev.persona.server.decision.InstanceMachine;
import dev.persona.server.decision.RandomStory;
import dev.persona.server.decision.Recording;
import dev.persona.server.event.TakenEvent;
import dev.persona.server.instance.Instance;
import dev.persona.server.journal.HistoryEntry;
import dev.persona.server.persona.Persona;
import dev.persona.server.rule.Policy;
import dev.persona.server.rule.PolicyCache;
import dev.persona.server.rule.PolicyLibrary;
import dev.persona.server.rule.RandomPersonas;
import dev.persona.server.rule.RuleDocument;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A random life of one instance in a fleet that is killed time and again, at any point between two flushes.
 *
 * <p>What the fleets tell, one after the other, must be what one machine decides that was never stopped and was told the
 * same, but for the reports and orders that came after the instance was last stored. Events are never lost.
 */
final class KilledFleet {
    private static final Duration STALE_AFTER = Duration.ofSeconds(30);
    private static final int STEPS = 60;

    private final MachineStore store;
    private final Instance instance;
    private final SplittableRandom random;
    private final TurnableClock clock;
    private final RandomPersonas randomPersonas;
    private final RandomStory inputs;
    private final List<Persona> personas = new ArrayList<>();
    private PolicyLibrary library;
    private Fleet fleet;

    private final List<Told> told = new ArrayList<>();
    private final List<TakenEvent> events = new ArrayList<>();
    private final List<Decision> decisions = new ArrayList<>();
    private long eventsTaken;
    private int lost;

    /** What the instance's machine was told; what is certain survives a kill, whether or not it was stored. */
    private record Told(Instant at, List<Input> inputs, boolean certain) {}

    KilledFleet(MachineStore store, Instance instance, long seed) {
        this.store = store;
        this.instance = instance;
        this.random = new SplittableRandom(seed);
        Instant start = Instant.parse("2026-03-02T07:59:00Z");
        this.clock = new TurnableClock(start);
        this.randomPersonas = new RandomPersonas(random, start);
        this.inputs = new RandomStory(random);
        for (int i = 0; i < random.nextInt(1, 6); i++) {
            personas.add(randomPersonas.persona("p" + i, 1));
        }
        this.library = new PolicyCache(() -> List.copyOf(personas), List.of());
        this.fleet = fleet();
    }

    /** Lives it, and compares; answers how many reports and orders were lost on the way. */
    int live() {
        Instant start = clock.instant();
        Policy first = library.forGroups(instance.personaGroups());
        fleet.restore(List.of(instance), List.of());
        for (int i = 0; i < STEPS; i++) {
            clock.turn(Duration.ofSeconds(random.nextInt(1, 12)));
            step();
        }
        clock.turn(Duration.ofMinutes(5));
        fleet.actOnDeadlines();

        assertThat(decisions).isEqualTo(decisionsOfOneThatNeverStopped(first, start));
        return lost;
    }

    private void step() {
        switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> report();
            case 4, 5 -> tellEvent();
            case 6 -> order();
            case 7 -> fleet.flush();
            case 8 -> kill();
            default -> {
                if (random.nextInt(4) == 0) {
                    changePersona();
                } else {
                    fleet.actOnDeadlines();
                }
            }
        }
    }

    private void report() {
        List<Input> seen = inputs.inputs();
        Report report = new Report(
                first(Input.Metrics.class, seen).map(Input.Metrics::metrics).orElse(Map.of("other", 1.0)),
                first(Input.Users.class, seen).map(Input.Users::users));
        told.add(new Told(clock.instant(), report.inputs(), false));
        fleet.report(instance.instanceId(), report);
    }

    private static <T> Optional<T> first(Class<T> type, List<Input> inputs) {
        return inputs.stream().filter(type::isInstance).map(type::cast).findFirst();
    }

    private void tellEvent() {
        first(Input.Event.class, inputs.inputs()).ifPresent(event -> {
            TakenEvent taken = new TakenEvent(events.size() + 1, clock.instant(), event.attributes(), event.data());
            events.add(taken);
            told.add(new Told(clock.instant(), List.of(event), true));
            fleet.tell(taken);
        });
    }

    private void order() {
        Input.Pin pin = new Input.Pin("p" + random.nextInt(5), "by", "reason", clock.instant(), until());
        Optional<Input.Hold> hold = random.nextInt(3) == 0
                ? Optional.of(new Input.Hold("by", "reason", clock.instant(), until()))
                : Optional.empty();
        Input.StandingOrders orders = new Input.StandingOrders(random.nextBoolean() ? List.of(pin) : List.of(), hold);
        told.add(new Told(clock.instant(), List.of(orders), false));
        fleet.order(instance.instanceId(), orders);
    }

    private Optional<Instant> until() {
        return random.nextBoolean()
                ? Optional.empty()
                : Optional.of(clock.instant().plusSeconds(random.nextInt(1, 60)));
    }

    /** Stored at once: what personas a machine began with after a kill is not what is looked at here. */
    private void changePersona() {
        Persona old = personas.remove(random.nextInt(personas.size()));
        personas.add(randomPersonas.persona(old.personaId(), old.revision() + 1));
        library = new PolicyCache(() -> List.copyOf(personas), List.of());
        Input change = new Input.PolicyChange(library.forGroups(instance.personaGroups()));
        told.add(new Told(clock.instant(), List.of(change), true));
        fleet.policiesChanged();
        fleet.flush();
    }

    private void kill() {
        Instant stored = store.all().stream()
                .filter(state -> state.instanceId().equals(instance.instanceId()))
                .findFirst()
                .orElseThrow()
                .at();
        int before = told.size();
        told.removeIf(message -> !message.certain() && message.at().isAfter(stored));
        lost += before - told.size();
        fleet = fleet();
        fleet.restore(
                List.of(instance),
                events.stream().filter(event -> event.number() > eventsTaken).toList());
    }

    private List<Decision> decisionsOfOneThatNeverStopped(Policy first, Instant start) {
        InstanceMachine machine =
                new InstanceMachine(instance.instanceId(), STALE_AFTER, first, Optional.empty(), start);
        List<Decision> all = new ArrayList<>(machine.advance(start, List.of()));
        told.forEach(message -> all.addAll(machine.advance(message.at(), message.inputs())));
        all.addAll(machine.advance(clock.instant(), List.of()));
        return all;
    }

    private Fleet fleet() {
        return new Fleet(
                clock,
                STALE_AFTER,
                1_000,
                new PolicyLibrary() {
                    @Override
                    public Policy forGroups(Set<String> groups) {
                        return library.forGroups(groups);
                    }

                    @Override
                    public List<RuleDocument> customRules() {
                        return library.customRules();
                    }
                },
                new ThisStore(),
                Runnable::run,
                new FleetMetrics(new SimpleMeterRegistry()),
                made -> decisions.add(made.decision()));
    }

    /** The store, except for events: their numbers are of this story only. */
    private final class ThisStore implements MachineStore {
        @Override
        public List<State> all() {
            return store.all();
        }

        @Override
        public void save(List<State> states, List<HistoryEntry> entries) {
            store.save(states, entries);
        }

        @Override
        public void record(List<Recording> recordings) {
            store.record(recordings);
        }

        @Override
        public Optional<Recording> recording(String instanceId, Instant at) {
            return store.recording(instanceId, at);
        }

        @Override
        public void eventsTaken(long upToNumber) {
            eventsTaken = upToNumber;
        }
    }
}
