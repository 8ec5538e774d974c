package dev.persona.server.activation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.persona.server.TurnableClock;
import dev.persona.server.decision.Decision;
import dev.persona.server.decision.Input;
import dev.persona.server.event.TakenEvent;
import dev.persona.server.instance.Instance;
import dev.persona.server.instance.Tags;
import dev.persona.server.journal.HistoryEntry.Kind;
import dev.persona.server.persona.Persona;
import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.PolicyException;
import dev.persona.server.rule.PolicyCache;
import dev.persona.server.trigger.Trigger;
import dev.persona.server.trigger.Trigger.Threshold.Operator;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The fleet over the real machine, on a clock that the test turns. */
class FleetTest {
    private static final Instant START = Instant.parse("2026-03-02T08:00:00Z");
    private static final String CPU = "system.cpu.utilization";

    private final TurnableClock clock = new TurnableClock(START);
    private final RememberingStore store = new RememberingStore();
    private final List<Persona> personas = new ArrayList<>(List.of(
            persona(
                    "busy",
                    100,
                    new Trigger.Threshold(CPU, Operator.GREATER, 0.8, Duration.ofMinutes(2), 0.8, Duration.ZERO)),
            persona(
                    "lockdown",
                    1000,
                    new Trigger.EventSubscription(
                            "alert",
                            Optional.empty(),
                            List.of(),
                            Optional.of(Duration.ofMinutes(10)),
                            Optional.empty()))));
    private final Queue<Runnable> work = new ArrayDeque<>();
    private final List<DecisionMade> told = new ArrayList<>();

    @Test
    void a_report_is_answered_with_the_decision() {
        Fleet fleet = fleetOf("i-1");

        Decision decision = fleet.report("i-1", cpu(0.9));

        assertThat(decision.activePersonas()).isEmpty();
        assertThat(decision).isEqualTo(fleet.decision("i-1"));
    }

    @Test
    void the_clock_alone_makes_a_decision_at_its_exact_instant() {
        Fleet fleet = fleetOf("i-1");
        reportFor(fleet, Duration.ofSeconds(115));
        assertThat(told).isEmpty();

        clock.turn(Duration.ofSeconds(20));
        fleet.actOnDeadlines();
        runWork();

        assertThat(active(fleet)).containsExactly("busy");
        assertThat(told).extracting(DecisionMade::instanceId).containsExactly("i-1");
        assertThat(told.get(0).decision().at())
                .isBetween(START.plusSeconds(120), START.plusSeconds(120).plusMillis(1));
    }

    @Test
    void a_deadline_that_reports_have_moved_is_looked_at_again_later() {
        Fleet fleet = fleetOf("i-1");
        fleet.report("i-1", cpu(0.1));
        Instant first = fleet.nextDeadline().orElseThrow();

        clock.turn(Duration.ofSeconds(20));
        fleet.report("i-1", cpu(0.1));
        clock.turn(Duration.ofSeconds(15));
        fleet.actOnDeadlines();

        assertThat(fleet.nextDeadline().orElseThrow()).isAfter(first);
        assertThat(work).isEmpty();
    }

    @Test
    void a_decision_is_stored_with_its_history_before_it_is_told() {
        Fleet fleet = fleetOf("i-1");
        store.failing = true;

        fleet.tell(event(1, Map.of("subject", "i-1")));
        runWork();
        assertThat(told).isEmpty();
        assertThat(active(fleet)).isEmpty();
        assertThatThrownBy(() -> fleet.report("i-1", cpu(0.5)))
                .isInstanceOfSatisfying(
                        PolicyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.EXTERNAL_FAILURE));

        store.failing = false;
        fleet.flush();

        assertThat(told).hasSize(1);
        assertThat(active(fleet)).containsExactly("lockdown");
        assertThat(store.history("i-1", Kind.DECIDED)).last().satisfies(entry -> assertThat(
                        entry.detail().at("/active_personas/0/persona_id").asText())
                .isEqualTo("lockdown"));
    }

    @Test
    void samples_are_stored_behind() {
        Fleet fleet = fleetOf("i-1");
        int saves = store.saves;

        fleet.report("i-1", cpu(0.5));
        assertThat(store.saves).isEqualTo(saves);

        fleet.flush();
        fleet.flush();
        assertThat(store.saves).isEqualTo(saves + 1);
    }

    @Test
    void a_machine_is_stored_whole_only_if_a_report_changed_what_it_remembers() {
        Fleet fleet = fleetOf("i-1");

        fleet.report("i-1", cpu(0.5));
        fleet.flush();
        assertThat(store.lastSaved).singleElement().satisfies(state -> assertThat(state.snapshot())
                .isEmpty());

        clock.turn(Duration.ofSeconds(5));
        fleet.report("i-1", cpu(0.9)); // from now on two minutes count
        fleet.flush();
        assertThat(store.lastSaved).singleElement().satisfies(state -> assertThat(state.snapshot())
                .isPresent());
    }

    @Test
    void of_many_that_only_reported_some_are_stored_in_each_flush_and_the_others_in_turn() {
        Fleet fleet = fleet();
        for (int i = 0; i < 2 * Fleet.REPORTED_PER_FLUSH + 1; i++) {
            fleet.join(instance("i-" + i, "db"), 0);
        }
        clock.turn(Duration.ofSeconds(5));
        for (int i = 0; i < 2 * Fleet.REPORTED_PER_FLUSH + 1; i++) {
            fleet.report("i-" + i, cpu(0.5));
        }
        fleet.report("i-7", cpu(0.9));

        fleet.flush();
        assertThat(storedAt(clock.instant())).isEqualTo(Fleet.REPORTED_PER_FLUSH + 1);
        assertThat(store.states.get("i-7").at()).isAfterOrEqualTo(clock.instant());
        fleet.flush();
        assertThat(storedAt(clock.instant())).isEqualTo(2 * Fleet.REPORTED_PER_FLUSH + 1);
    }

    private long storedAt(Instant at) {
        return store.states.values().stream()
                .filter(state -> !state.at().isBefore(at))
                .count();
    }

    @Test
    void a_report_is_taken_while_the_instance_is_being_stored_and_stored_with_the_next_flush() {
        Fleet fleet = fleetOf("i-1");
        fleet.report("i-1", cpu(0.5));
        store.whileSaving = () -> {
            store.whileSaving = () -> {};
            clock.turn(Duration.ofSeconds(5));
            CompletableFuture.runAsync(() -> fleet.report("i-1", cpu(0.9)))
                    .orTimeout(30, TimeUnit.SECONDS)
                    .join();
        };

        fleet.flush();
        assertThat(store.states.get("i-1").at()).isBefore(clock.instant());
        fleet.flush();

        assertThat(store.states.get("i-1").at()).isEqualTo(clock.instant());
        assertThat(store.states
                        .get("i-1")
                        .snapshot()
                        .orElseThrow()
                        .at("/leaves")
                        .toString())
                .contains("waiting_since");
    }

    @Test
    void everything_is_stored_at_the_end() {
        Fleet fleet = fleet();
        for (int i = 0; i < Fleet.REPORTED_PER_FLUSH + 1; i++) {
            fleet.join(instance("i-" + i, "db"), 0);
        }
        clock.turn(Duration.ofSeconds(5));
        for (int i = 0; i < Fleet.REPORTED_PER_FLUSH + 1; i++) {
            fleet.report("i-" + i, cpu(0.5));
        }

        fleet.storeAll();

        assertThat(storedAt(clock.instant())).isEqualTo(Fleet.REPORTED_PER_FLUSH + 1);
    }

    @Test
    void an_event_addresses_an_instance_a_group_or_all() {
        Fleet fleet = fleetOf("i-1", "i-2", "i-3");
        fleet.update(instance("i-3", "db"), instance("i-3", "web"));

        assertThat(fleet.tell(event(1, Map.of("subject", "i-2")))).isEqualTo(1);
        assertThat(fleet.tell(event(2, Map.of("personagroup", "db")))).isEqualTo(2);
        assertThat(fleet.tell(event(3, Map.of("personagroup", "none")))).isZero();
        assertThat(fleet.tell(event(4, Map.of()))).isEqualTo(3);
    }

    @Test
    void other_groups_bring_another_policy() {
        Fleet fleet = fleetOf("i-1");
        fleet.tell(event(1, Map.of()));
        assertThat(active(fleet)).containsExactly("lockdown");

        fleet.update(instance("i-1", "db"), instance("i-1", "web"));

        assertThat(active(fleet)).isEmpty();
        assertThat(store.history("i-1", Kind.TAGS_CHANGED)).hasSize(1);
    }

    @Test
    void pins_are_noted_when_they_change() {
        Fleet fleet = fleetOf("i-1");
        Input.StandingOrders pin = new Input.StandingOrders(
                List.of(new Input.Pin("busy", "alice", "test", START, Optional.empty())), Optional.empty());

        assertThat(fleet.order("i-1", pin).activePersonas())
                .extracting(Decision.ActivePersona::source)
                .containsExactly(Decision.Source.PIN);
        fleet.order("i-1", pin);
        fleet.flush();

        assertThat(store.history("i-1", Kind.ORDERS_CHANGED)).hasSize(1);
    }

    @Test
    void a_new_fleet_over_the_same_store_goes_on_as_if_it_had_never_stopped() {
        Fleet first = fleetOf("i-1");
        reportFor(first, Duration.ofSeconds(110));
        first.tell(event(1, Map.of("subject", "i-1")));
        first.flush();
        told.clear();

        clock.turn(Duration.ofSeconds(15));
        Fleet second = fleet();
        second.restore(List.of(instance("i-1", "db")), List.of());

        assertThat(active(second)).containsExactly("lockdown", "busy");
        assertThat(told.get(0).decision().at())
                .isBetween(START.plusSeconds(120), START.plusSeconds(120).plusMillis(1));
        assertThat(second.decision("i-1").activePersonas().get(0).since()).isEqualTo(START.plusSeconds(110));
    }

    @Test
    void an_event_that_was_accepted_but_not_stored_by_the_instance_is_taken_at_restart_and_only_once() {
        Fleet first = fleetOf("i-1", "i-2");
        TakenEvent event = event(1, Map.of());
        first.tell(event);
        first.decision("i-1");

        Fleet second = fleet();
        second.restore(List.of(instance("i-1", "db"), instance("i-2", "db")), List.of(event));

        assertThat(active(second)).containsExactly("lockdown");
        assertThat(second.decision("i-2").activePersonas().get(0).since()).isBetween(START, START.plusMillis(1));
        assertThat(store.history("i-1", Kind.DECIDED)).hasSize(2);
        assertThat(store.history("i-2", Kind.DECIDED)).hasSize(2);
    }

    @Test
    void events_are_done_with_when_all_that_they_address_is_stored() {
        Fleet fleet = fleetOf("i-1");
        fleet.tell(event(7, Map.of()));
        assertThat(store.eventsTaken).isZero();

        fleet.flush();

        assertThat(store.eventsTaken).isEqualTo(7);
    }

    @Test
    void the_order_of_arrival_alone_decides_whoever_works_it_off() throws InterruptedException {
        Decision expected = hammer(Runnable::run);

        ExecutorService workers = Executors.newFixedThreadPool(4);
        try {
            assertThat(hammer(workers::execute)).isEqualTo(expected);
        } finally {
            workers.shutdownNow();
        }
    }

    /** Tells many instances events while others read their decisions. */
    private Decision hammer(java.util.concurrent.Executor workers) throws InterruptedException {
        Fleet fleet = new Fleet(
                clock,
                Duration.ofSeconds(30),
                1_000_000,
                library(),
                new RememberingStore(),
                workers,
                new FleetMetrics(new SimpleMeterRegistry()),
                made -> {});
        for (int i = 0; i < 50; i++) {
            fleet.join(instance("i-" + i, "db"), 0);
        }
        ExecutorService readers = Executors.newFixedThreadPool(2);
        CountDownLatch done = new CountDownLatch(2);
        for (int reader = 0; reader < 2; reader++) {
            readers.execute(() -> {
                for (int i = 0; i < 50; i++) {
                    fleet.decision("i-" + i);
                    fleet.flush();
                }
                done.countDown();
            });
        }
        for (int number = 1; number <= 20; number++) {
            fleet.tell(event(number, Map.of()));
        }
        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        readers.shutdown();
        return fleet.decision("i-49");
    }

    @Test
    void a_deleted_instance_is_forgotten() {
        Fleet fleet = fleetOf("i-1");
        fleet.report("i-1", cpu(0.9));

        fleet.leave("i-1");
        clock.turn(Duration.ofHours(1));
        fleet.actOnDeadlines();

        assertThat(work).isEmpty();
        assertThat(fleet.nextDeadline()).isEmpty();
        assertThatThrownBy(() -> fleet.decision("i-1"))
                .isInstanceOfSatisfying(
                        PolicyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
    }

    private Fleet fleetOf(String... instanceIds) {
        Fleet fleet = fleet();
        for (String id : instanceIds) {
            fleet.join(instance(id, "db"), 0);
        }
        told.clear();
        return fleet;
    }

    private Fleet fleet() {
        return new Fleet(
                clock,
                Duration.ofSeconds(30),
                1000,
                library(),
                store,
                work::add,
                new FleetMetrics(new SimpleMeterRegistry()),
                told::add);
    }

    private PolicyCache library() {
        return new PolicyCache(() -> personas, List.of());
    }

    private void reportFor(Fleet fleet, Duration duration) {
        for (long second = 0; second < duration.toSeconds(); second += 5) {
            fleet.report("i-1", cpu(0.9));
            clock.turn(Duration.ofSeconds(5));
        }
    }

    private void runWork() {
        while (!work.isEmpty()) {
            work.remove().run();
        }
    }

    private static List<String> active(Fleet fleet) {
        return fleet.decision("i-1").activePersonas().stream()
                .map(Decision.ActivePersona::personaId)
                .toList();
    }

    private static Report cpu(double utilization) {
        return new Report(Map.of(CPU, utilization), Optional.empty());
    }

    private TakenEvent event(long number, Map<String, String> attributes) {
        Map<String, String> all = new TreeMap<>(attributes);
        all.put("type", "alert");
        all.put("source", "/test");
        return new TakenEvent(number, clock.instant(), all, NullNode.getInstance());
    }

    private static Instance instance(String id, String group) {
        TreeMap<String, SortedSet<String>> tags = new TreeMap<>();
        tags.put(Tags.PERSONA_GROUP, new TreeSet<>(Set.of(group)));
        return new Instance(id, Optional.empty(), Tags.NONE, new Tags(tags), 1, START);
    }

    private static Persona persona(String id, int priority, Trigger activation) {
        return new Persona(
                id,
                id,
                "",
                new TreeSet<>(Set.of("db")),
                priority,
                true,
                new TreeMap<>(Map.<String, JsonNode>of("cpu.weight", IntNode.valueOf(priority))),
                List.of(activation),
                List.of(),
                Duration.ZERO,
                Duration.ZERO,
                1,
                START,
                START);
    }
}
