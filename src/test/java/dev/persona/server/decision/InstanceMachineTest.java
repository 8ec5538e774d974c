package dev.persona.server.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.persona.server.decision.Decision.ActivePersona;
import dev.persona.server.decision.Explanation.ExplainedPersona;
import dev.persona.server.decision.Explanation.ExplainedTrigger;
import dev.persona.server.decision.Explanation.Seen;
import dev.persona.server.persona.Persona;
import dev.persona.server.rule.Policy;
import dev.persona.server.rule.RuleDocument;
import dev.persona.server.trigger.Crontab;
import dev.persona.server.trigger.Glob;
import dev.persona.server.trigger.Trigger;
import dev.persona.server.trigger.Trigger.EventSubscription;
import dev.persona.server.trigger.Trigger.Schedule;
import dev.persona.server.trigger.Trigger.Threshold;
import dev.persona.server.trigger.Trigger.Threshold.Operator;
import dev.persona.server.trigger.Trigger.UserProfile;
import dev.persona.server.trigger.Truth;
import dev.persona.server.trigger.Windows;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class InstanceMachineTest {
    private static final Instant START = Instant.parse("2026-03-02T08:00:00Z");
    private static final Duration STALE_AFTER = Duration.ofSeconds(30);
    private static final Threshold BUSY =
            new Threshold("cpu", Operator.GREATER, 0.8, Duration.ofSeconds(20), 0.6, Duration.ZERO);

    @Test
    void a_new_machine_decides_first_at_its_beginning() {
        InstanceMachine machine = machine(persona("p", BUSY));

        assertThat(machine.decision().revision()).isZero();
        assertThat(machine.nextDeadline()).contains(START);

        List<Decision> decisions = machine.advance(START, List.of(cpu(0.9)));

        assertThat(decisions).extracting(Decision::revision).containsExactly(1L);
        assertThat(machine.decision().activePersonas()).isEmpty();
        assertThat(machine.nextDeadline()).contains(START.plusSeconds(20));
    }

    @Test
    void time_goes_forward_only() {
        InstanceMachine machine = machine(persona("p", BUSY));
        machine.advance(START.plusSeconds(5), List.of());

        assertThatThrownBy(() -> machine.advance(START.plusSeconds(5), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not after");
    }

    @Test
    void a_deadline_that_was_missed_is_decided_at_its_own_instant() {
        InstanceMachine machine = machine(persona("p", BUSY));
        machine.advance(START, List.of(cpu(0.9)));

        List<Decision> decisions = machine.advance(START.plusSeconds(3_600), List.of(cpu(0.1)));

        assertThat(decisions).extracting(Decision::at).containsExactly(START.plusSeconds(20), START.plusSeconds(3_600));
    }

    @Test
    void reports_that_change_nothing_are_no_durable_change() {
        InstanceMachine machine = machine(persona("p", BUSY));
        machine.advance(START, List.of(cpu(0.1)));
        long before = machine.durableChanges();

        machine.advance(START.plusSeconds(5), List.of(cpu(0.2)));
        long afterReport = machine.durableChanges();
        machine.advance(START.plusSeconds(10), List.of(cpu(0.9)));

        assertThat(afterReport).isEqualTo(before);
        assertThat(machine.durableChanges()).isGreaterThan(before);
    }

    @Test
    void a_snapshot_that_cannot_be_read_is_refused() {
        JsonNode unknown = JsonNodeFactory.instance.objectNode().put("version", 99);
        JsonNode damaged =
                JsonNodeFactory.instance.objectNode().put("version", 1).put("at", "noon");

        assertThatThrownBy(() -> new InstanceMachine("i-1", STALE_AFTER, policy(), Optional.of(unknown), START))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("version");
        assertThatThrownBy(() -> new InstanceMachine("i-1", STALE_AFTER, policy(), Optional.of(damaged), START))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("noon");
    }

    @Test
    void other_personas_and_orders_are_durable_changes_even_where_they_decide_nothing() {
        InstanceMachine machine = machine(persona("p", BUSY));
        machine.advance(START, List.of());
        long begun = machine.durableChanges();
        machine.advance(START.plusSeconds(1), List.of(new Input.PolicyChange(policy(persona("p", BUSY)))));
        long changed = machine.durableChanges();
        Input.Pin later = new Input.Pin("p", "ops", "a test", START.plusSeconds(60), Optional.empty());
        Input orders = new Input.StandingOrders(List.of(later), Optional.empty());
        machine.advance(START.plusSeconds(2), List.of(orders));
        long ordered = machine.durableChanges();
        machine.advance(START.plusSeconds(3), List.of(orders));
        long repeated = machine.durableChanges();
        machine.advance(START.plusSeconds(60), List.of());

        assertThat(begun).as("the first decision").isPositive();
        assertThat(changed).isGreaterThan(begun);
        assertThat(ordered).isGreaterThan(changed);
        assertThat(repeated).isEqualTo(ordered);
        assertThat(machine.durableChanges()).as("the pin begins").isGreaterThan(repeated);
    }

    @Test
    void a_persona_that_was_deleted_while_the_server_was_down_ends_at_the_next_instant() {
        InstanceMachine machine = machine(persona("p", new Schedule(always())));
        machine.advance(START, List.of());

        InstanceMachine restored =
                new InstanceMachine("i-1", STALE_AFTER, policy(), Optional.of(machine.snapshot()), START);

        assertThat(restored.decision()).isEqualTo(machine.decision());
        assertThat(restored.advance(START.plusSeconds(1), List.of()))
                .singleElement()
                .satisfies(decision -> {
                    assertThat(decision.activePersonas()).isEmpty();
                    assertThat(decision.reasons()).singleElement().satisfies(reason -> assertThat(reason.detail())
                            .contains("no longer applies"));
                });
    }

    @Test
    void a_metric_is_kept_while_it_is_fresh_and_for_explanations_if_a_trigger_looks_at_it() {
        InstanceMachine machine = machine(persona("p", BUSY));
        machine.advance(START, List.of(new Input.Metrics(Map.of("cpu", 0.5, "other", 1.0))));

        machine.advance(START.plusSeconds(29), List.of(new Input.Metrics(Map.of("next", 1.0))));
        JsonNode fresh = machine.snapshot().at("/observations/samples");
        machine.advance(START.plusSeconds(30), List.of(new Input.Metrics(Map.of("last", 1.0))));
        JsonNode stale = machine.snapshot().at("/observations/samples");

        assertThat(fresh.fieldNames()).toIterable().containsExactlyInAnyOrder("cpu", "other", "next");
        assertThat(stale.fieldNames()).toIterable().containsExactlyInAnyOrder("cpu", "next", "last");
    }

    @Test
    void of_users_told_by_events_a_thousand_are_kept() {
        UserProfile late = new UserProfile(Set.of(new Glob("user-1000")), Set.of());
        UserProfile early = new UserProfile(Set.of(new Glob("user-0999")), Set.of());
        InstanceMachine machine = machine(persona("late", late), persona("early", early));
        List<Input> logins = IntStream.rangeClosed(0, 1_000)
                .<Input>mapToObj(i -> user("user.login", "user-%04d".formatted(i)))
                .toList();

        machine.advance(START, logins);
        machine.advance(START.plusSeconds(1), List.of(user("user.login", "user-1000")));
        List<ActivePersona> full = machine.decision().activePersonas();
        machine.advance(START.plusSeconds(2), List.of(user("user.logout", "user-0000")));
        machine.advance(START.plusSeconds(3), List.of(user("user.login", "user-1000")));

        assertThat(full).extracting(ActivePersona::personaId).containsExactly("early");
        assertThat(machine.decision().activePersonas())
                .extracting(ActivePersona::personaId)
                .containsExactly("early", "late");
    }

    @Test
    void a_login_that_names_nobody_changes_nothing() {
        InstanceMachine machine = machine(persona("p", new UserProfile(Set.of(new Glob("*")), Set.of())));
        machine.advance(START, List.of());
        long before = machine.durableChanges();

        machine.advance(START.plusSeconds(1), List.of(alert("1"), user("user.login", "")));

        assertThat(machine.decision().activePersonas()).isEmpty();
        assertThat(machine.durableChanges()).isEqualTo(before);
    }

    @Test
    void who_logs_in_and_out_is_a_durable_change() {
        InstanceMachine machine = machine(persona("p", BUSY));
        machine.advance(START, List.of());
        long before = machine.durableChanges();
        machine.advance(START.plusSeconds(1), List.of(user("user.login", "alice")));
        long in = machine.durableChanges();
        machine.advance(START.plusSeconds(2), List.of(user("user.login", "alice")));
        long again = machine.durableChanges();
        machine.advance(START.plusSeconds(3), List.of(user("user.logout", "alice")));
        long out = machine.durableChanges();

        assertThat(in).isGreaterThan(before);
        assertThat(again).isEqualTo(in);
        assertThat(out).isGreaterThan(again);
    }

    @Test
    void of_personas_that_apply_no_longer_the_last_thousand_are_remembered() {
        Schedule always = new Schedule(always());
        List<Persona> many = IntStream.rangeClosed(0, 1_000)
                .mapToObj(i -> persona("p-%04d".formatted(i), always))
                .toList();
        InstanceMachine machine = machine(many.toArray(Persona[]::new));
        machine.advance(START, List.of());
        Policy withoutOne = policy(many.subList(1, many.size()).toArray(Persona[]::new));
        machine.advance(START.plusSeconds(1), List.of(new Input.PolicyChange(withoutOne)));
        machine.advance(START.plusSeconds(2), List.of(new Input.PolicyChange(policy())));

        JsonNode tenures = machine.snapshot().get("tenures");

        assertThat(tenures).hasSize(1_000);
        assertThat(tenures.has("p-0000")).as("the first to end").isFalse();
        assertThat(machine.decision().reasons()).hasSize(1_000);
    }

    @Test
    void a_changed_persona_is_told_with_its_revisions() {
        Persona before = persona("p", new Schedule(always()));
        InstanceMachine machine = machine(before, persona("other", new Schedule(always())));
        machine.advance(START, List.of());
        Persona after = new Persona(
                "p",
                "p",
                "",
                before.personaGroups(),
                2,
                true,
                before.configurationParameters(),
                before.activationTriggers(),
                List.of(),
                Duration.ZERO,
                Duration.ZERO,
                2,
                START,
                START);

        Decision decision = machine.advance(
                        START.plusSeconds(1),
                        List.of(new Input.PolicyChange(policy(after, persona("other", new Schedule(always()))))))
                .get(0);

        assertThat(decision.reasons())
                .containsExactly(
                        new Decision.Reason("p", Decision.Reason.Change.CHANGED, "revision 2 replaces revision 1"));
        assertThat(decision.activePersonas()).extracting(ActivePersona::since).containsOnly(START);
    }

    @Test
    void an_event_that_arrives_together_with_other_personas_counts_once() {
        EventSubscription twice = new EventSubscription(
                "alert",
                Optional.empty(),
                List.of(),
                Optional.of(Duration.ofMinutes(1)),
                Optional.of(new EventSubscription.Burst(2, Duration.ofMinutes(5))));
        EventSubscription thrice = new EventSubscription(
                "alert",
                Optional.empty(),
                List.of(),
                Optional.of(Duration.ofMinutes(1)),
                Optional.of(new EventSubscription.Burst(3, Duration.ofMinutes(5))));
        InstanceMachine machine = machine(persona("old", thrice));
        machine.advance(START, List.of(alert("1")));

        machine.advance(
                START.plusSeconds(1),
                List.of(alert("2"), new Input.PolicyChange(policy(persona("old", thrice), persona("new", twice)))));
        List<ActivePersona> together = machine.decision().activePersonas();
        machine.advance(START.plusSeconds(2), List.of(alert("3")));

        assertThat(together).isEmpty();
        assertThat(machine.decision().activePersonas())
                .extracting(ActivePersona::personaId)
                .containsExactly("new", "old");
    }

    @Test
    void of_two_values_of_one_instant_the_larger_counts_whichever_is_first_and_of_two_instants_the_later() {
        Threshold high = new Threshold("cpu", Operator.GREATER, 0.8, Duration.ZERO, 0.8, Duration.ZERO);
        for (List<Input> reports : List.of(List.of(cpu(0.1), cpu(0.9)), List.of(cpu(0.9), cpu(0.1)))) {
            InstanceMachine machine = machine(persona("p", high));
            machine.advance(START, reports);
            assertThat(machine.decision().activePersonas()).hasSize(1);

            machine.advance(START.plusSeconds(1), List.of(cpu(0.1)));
            assertThat(machine.decision().activePersonas()).isEmpty();
        }
    }

    @Test
    void a_pinned_persona_that_does_not_apply_is_active_from_when_it_does() {
        InstanceMachine machine = machine(persona("p", BUSY));
        Input.Pin pin = new Input.Pin("later", "ops", "a test", START, Optional.empty());
        machine.advance(START, List.of(new Input.StandingOrders(List.of(pin), Optional.empty())));
        Decision before = machine.decision();

        machine.advance(
                START.plusSeconds(5),
                List.of(new Input.PolicyChange(policy(persona("p", BUSY), persona("later", BUSY)))));

        assertThat(before.activePersonas()).isEmpty();
        assertThat(machine.decision().activePersonas())
                .containsExactly(new ActivePersona("later", 1, START.plusSeconds(5), Decision.Source.PIN));
        assertThat(machine.decision().reasons())
                .containsExactly(
                        new Decision.Reason("later", Decision.Reason.Change.PINNED, "pinned by `ops`: a test"));
    }

    @Test
    void nothing_is_applied_while_an_instance_is_held_not_even_what_is_pinned() {
        InstanceMachine machine = machine(persona("p", BUSY));
        Input.Pin pin = new Input.Pin("p", "ops", "a test", START, Optional.empty());
        Input.Hold hold = new Input.Hold("ops", "maintenance", START, Optional.of(START.plusSeconds(10)));

        machine.advance(START, List.of(new Input.StandingOrders(List.of(pin), Optional.of(hold))));
        Decision held = machine.decision();
        machine.advance(START.plusSeconds(10), List.of());

        assertThat(held.activePersonas()).isEmpty();
        assertThat(held.configuration()).isEmpty();
        assertThat(held.hold()).contains(hold);
        assertThat(machine.decision().activePersonas())
                .containsExactly(new ActivePersona("p", 1, START, Decision.Source.PIN));
    }

    @Test
    void a_metric_that_is_no_finite_number_is_refused() {
        for (double value : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            assertThatThrownBy(() -> new Input.Metrics(Map.of("load", 1.0, "cpu", value)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("`cpu`");
        }
    }

    @Test
    void pins_come_and_go_at_their_own_instants_with_their_reasons() {
        InstanceMachine machine = machine(persona("p", BUSY));
        machine.advance(START, List.of());
        Input.Pin pin = new Input.Pin("p", "ops", "a test", START.plusSeconds(5), Optional.of(START.plusSeconds(9)));
        Input.Pin other = new Input.Pin("gone", "ops", "a test", START, Optional.empty());

        List<Decision> decisions = machine.advance(
                START.plusSeconds(1), List.of(new Input.StandingOrders(List.of(pin, other), Optional.empty())));
        Optional<Instant> begins = machine.nextDeadline();
        decisions.addAll(machine.advance(START.plusSeconds(20), List.of()));

        assertThat(begins).contains(START.plusSeconds(5));
        assertThat(decisions).extracting(Decision::at).containsExactly(START.plusSeconds(5), START.plusSeconds(9));
        assertThat(decisions)
                .flatExtracting(Decision::reasons)
                .extracting(Decision.Reason::detail)
                .containsExactly("pinned by `ops`: a test", "the pin by `ops` has ended");
        assertThat(machine.nextDeadline()).isEmpty();
    }

    @Test
    void reasons_are_in_order_of_persona() {
        Schedule always = new Schedule(always());
        InstanceMachine machine = machine(
                persona("b", 1, Map.of(), always),
                persona("c", 9, Map.of(), always),
                persona("a", 5, Map.of(), always));

        Decision decision = machine.advance(START, List.of()).get(0);

        assertThat(decision.reasons()).extracting(Decision.Reason::personaId).containsExactly("a", "b", "c");
    }

    @Test
    void an_explanation_says_what_is_seen_and_what_is_missing() {
        InstanceMachine machine = machine(persona(
                "p",
                BUSY,
                new Trigger.All(List.of(
                        new Schedule(
                                new Windows.Cron(Crontab.parse("0 22 * * *"), Duration.ofHours(8), ZoneOffset.UTC)),
                        new Trigger.Not(new UserProfile(Set.of(new Glob("al*")), Set.of())))),
                new EventSubscription(
                        "alert",
                        Optional.empty(),
                        List.of(),
                        Optional.of(Duration.ofMinutes(1)),
                        Optional.of(new EventSubscription.Burst(2, Duration.ofMinutes(5)))),
                new Threshold("load", Operator.LESS, 1, Duration.ZERO, 1, Duration.ZERO)));
        machine.advance(
                START,
                List.of(
                        cpu(0.9),
                        new Input.Users(Set.of(new Input.User("alice", Set.of()))),
                        new Input.Event(Map.of("type", "alert"), JsonNodeFactory.instance.nullNode())));
        machine.advance(START.plusSeconds(5), List.of());

        Explanation explanation = machine.explanation();

        ExplainedPersona persona = explanation.personas().get(0);
        ExplainedTrigger busy = persona.activationTriggers().get(0);
        ExplainedTrigger night = persona.activationTriggers().get(1);
        assertThat(explanation.staleMetrics()).containsExactly("load");
        assertThat(persona.active()).isFalse();
        assertThat(persona.verdict()).startsWith("inactive: `cpu` 0.9 > 0.8 for PT5S of PT20S and ");
        assertThat(busy.truth()).isEqualTo(Truth.FALSE);
        assertThat(busy.seen())
                .isEqualTo(new Seen.Metric(
                        "cpu",
                        Optional.of(0.9),
                        Optional.of(START),
                        ">",
                        0.8,
                        Optional.empty(),
                        Optional.of(Duration.ofSeconds(5)),
                        Optional.of(Duration.ofSeconds(15))));
        assertThat(busy.changesAt()).contains(START.plusSeconds(20));
        assertThat(night.triggers().get(0).seen())
                .isEqualTo(new Seen.Window(Optional.of(Instant.parse("2026-03-02T22:00:00Z")), Optional.empty()));
        assertThat(night.triggers().get(1).triggers().get(0).seen()).isEqualTo(new Seen.User(Optional.of("alice")));
        assertThat(night.detail())
                .isEqualTo("the window `0 22 * * *` for PT8H in Z is closed until 2026-03-02T22:00:00Z"
                        + " and user `alice` is logged in");
        assertThat(persona.activationTriggers().get(2).detail()).contains("(1 of 2 within PT5M)");
        assertThat(persona.activationTriggers().get(2).seen())
                .isEqualTo(new Seen.Event(Optional.empty(), Optional.of(1L), Optional.of(2)));
        assertThat(persona.activationTriggers().get(3).truth()).isEqualTo(Truth.UNKNOWN);
        assertThat(persona.activationTriggers().get(3).detail()).isEqualTo("`load` is not reported");
    }

    @Test
    void an_explanation_names_the_event_that_matched_and_since_when_a_threshold_has_been_true() {
        EventSubscription alert = new EventSubscription(
                "alert", Optional.empty(), List.of(), Optional.of(Duration.ofMinutes(1)), Optional.empty());
        InstanceMachine machine = machine(persona("p", alert, BUSY));
        machine.advance(START, List.of(cpu(0.9), alert("2"), alert("1")));
        machine.advance(START.plusSeconds(25), List.of(cpu(0.7)));
        InstanceMachine restored = new InstanceMachine(
                "i-1", STALE_AFTER, policy(persona("p", alert, BUSY)), Optional.of(machine.snapshot()), START);

        List<ExplainedTrigger> triggers =
                restored.explanation().personas().get(0).activationTriggers();

        assertThat(triggers.get(0).seen())
                .isEqualTo(new Seen.Event(
                        Optional.of(new Explanation.MatchingEvent(START, "/siem", "1")),
                        Optional.empty(),
                        Optional.empty()));
        assertThat(((Seen.Metric) triggers.get(1).seen()).trueSince()).contains(START.plusSeconds(20));
    }

    @Test
    void an_explanation_says_who_won_a_contested_parameter_and_why() {
        Schedule always = new Schedule(always());
        Policy policy = policy(
                persona("a", 1, Map.of("cpu.weight", 1), always),
                persona("b", 1, Map.of("cpu.weight", 2), always),
                persona("c", 5, Map.of("cpu.weight", 3), always),
                persona("d", 0, Map.of("cpu.weight", 4), always));
        InstanceMachine machine = new InstanceMachine("i-1", STALE_AFTER, policy, Optional.empty(), START);
        Input.Pin pin = new Input.Pin("d", "ops", "a test", START.plusSeconds(1), Optional.empty());

        machine.advance(START, List.of());
        Explanation.Contest byRank = machine.explanation().contested().get(0);
        machine.advance(START.plusSeconds(1), List.of(new Input.StandingOrders(List.of(pin), Optional.empty())));
        Explanation pinned = machine.explanation();

        assertThat(byRank.winner()).isEqualTo(new Explanation.Claimant("c", 5, false, IntNode.valueOf(3)));
        assertThat(byRank.losers())
                .extracting(Explanation.Loser::because)
                .containsExactly(
                        "priority 5 of `c` is above 1 of `a`",
                        "priority 5 of `c` is above 1 of `b`",
                        "priority 5 of `c` is above 0 of `d`");
        assertThat(pinned.contested().get(0).losers())
                .extracting(Explanation.Loser::because)
                .first()
                .isEqualTo("`d` is pinned, `c` is not");
        assertThat(pinned.personas().get(3).verdict())
                .startsWith("pinned by `ops`: a test; by itself active: the window");
    }

    @Test
    void an_explanation_says_what_cooldown_and_minimum_active_leave_and_rounds_only_its_sentences() {
        Persona patient = new Persona(
                "p",
                "p",
                "",
                new TreeSet<>(Set.of("g")),
                1,
                true,
                new TreeMap<>(),
                List.of(new Threshold("cpu", Operator.GREATER, 0.8, Duration.ZERO, 0.8, Duration.ZERO)),
                List.of(),
                Duration.ofMinutes(1),
                Duration.ofMinutes(2),
                1,
                START,
                START);
        InstanceMachine machine = machine(patient);
        machine.advance(START, List.of(cpu(0.9)));
        machine.advance(START.plusSeconds(20), List.of(cpu(0.123456789)));
        ExplainedPersona lasting = machine.explanation().personas().get(0);
        machine.advance(START.plusSeconds(40), List.of(cpu(0.1)));
        machine.advance(START.plusSeconds(61), List.of(cpu(0.8000000001)));
        ExplainedPersona cooling = machine.explanation().personas().get(0);

        assertThat(lasting.verdict())
                .isEqualTo("active: no activation trigger holds, but `minimum_active` lasts another PT40S, until"
                        + " 2026-03-02T08:01:00Z");
        assertThat(lasting.remaining()).contains(Duration.ofSeconds(40));
        assertThat(lasting.activationTriggers().get(0).detail()).isEqualTo("`cpu` 0.1235 is not > 0.8");
        assertThat(((Seen.Metric) lasting.activationTriggers().get(0).seen()).value())
                .contains(0.123456789);
        assertThat(cooling.verdict())
                .isEqualTo("inactive: `cooldown` lasts another PT1M59S, until 2026-03-02T08:03:00Z, although `cpu`"
                        + " 0.8000000001 > 0.8");
    }

    @Test
    void custom_rules_set_parameters_among_personas_by_priority() {
        RuleDocument rules = RuleDocument.compile(
                "weights",
                """
                package dev.persona.rules
                import dev.persona.server.rule.*
                global dev.persona.server.rule.Consequences consequences
                rule "between" dialect "mvel" when Metric(name == "cpu", value > 0.5) then
                    consequences.set("cpu.weight", 77, 5, "because");
                    consequences.set("io.weight", 88, 5, "because");
                end
                """);
        Persona high = persona("high", 10, Map.of("io.weight", 1), new Schedule(always()));
        Persona low = persona("low", 1, Map.of("io.weight", 2, "cpu.weight", 3), new Schedule(always()));
        Policy policy = Policy.compile(Set.of("g"), List.of(high, low), List.of(rules));
        InstanceMachine machine = new InstanceMachine("i-1", STALE_AFTER, policy, Optional.empty(), START);

        machine.advance(START, List.of(cpu(0.9)));
        Decision with = machine.decision();
        machine.advance(START.plusSeconds(1), List.of(cpu(0.1)));
        Decision without = machine.decision();

        assertThat(with.configuration().get("cpu.weight").personaId()).isEqualTo("rule:between");
        assertThat(with.configuration().get("io.weight").personaId()).isEqualTo("high");
        assertThat(with.conflicts())
                .containsExactly(
                        new Decision.Conflict("cpu.weight", "rule:between", List.of("low")),
                        new Decision.Conflict("io.weight", "high", List.of("rule:between", "low")));
        assertThat(without.configuration().get("cpu.weight").personaId()).isEqualTo("low");
    }

    @Test
    void an_explanation_tells_what_custom_rules_claim_and_whom_they_activate() {
        RuleDocument rules = RuleDocument.compile(
                "busy",
                """
                package dev.persona.rules
                import dev.persona.server.rule.*
                global dev.persona.server.rule.Consequences consequences
                rule "weigh" dialect "mvel" when Metric(name == "cpu", value > 0.5) then
                    consequences.set("cpu.weight", 77, 5, "it is busy");
                    consequences.activate("p", "it is busy");
                end
                """);
        Policy policy = Policy.compile(Set.of("g"), List.of(persona("p", 1, Map.of("cpu.weight", 1))), List.of(rules));
        InstanceMachine machine = new InstanceMachine("i-1", STALE_AFTER, policy, Optional.empty(), START);

        machine.advance(START, List.of(cpu(0.9)));
        Explanation explanation = machine.explanation();

        assertThat(explanation.personas().get(0).verdict()).isEqualTo("active: rule `weigh`: it is busy");
        assertThat(explanation.personas().get(0).requests()).hasSize(1);
        assertThat(explanation.ruleClaims()).singleElement().satisfies(claim -> assertThat(claim.rule())
                .isEqualTo("weigh"));
        assertThat(explanation.contested().get(0).winner().claimant()).isEqualTo("rule:weigh");
    }

    private static Input user(String type, String name) {
        return new Input.Event(
                Map.of("type", type), JsonNodeFactory.instance.objectNode().put("user", name));
    }

    private static Input alert(String id) {
        return new Input.Event(
                Map.of("type", "alert", "source", "/siem", "id", id), JsonNodeFactory.instance.nullNode());
    }

    private static Input cpu(double value) {
        return new Input.Metrics(Map.of("cpu", value));
    }

    private static Windows always() {
        return new Windows.Once(Optional.of(Instant.EPOCH), Optional.empty());
    }

    private static InstanceMachine machine(Persona... personas) {
        return new InstanceMachine("i-1", STALE_AFTER, policy(personas), Optional.empty(), START);
    }

    private static Policy policy(Persona... personas) {
        return Policy.compile(Set.of("g"), List.of(personas), List.of());
    }

    private static Persona persona(String id, Trigger... activation) {
        return persona(id, 1, Map.of("cpu.weight", 100), activation);
    }

    private static Persona persona(String id, int priority, Map<String, Integer> parameters, Trigger... activation) {
        TreeMap<String, JsonNode> values = new TreeMap<>();
        parameters.forEach((name, value) -> values.put(name, IntNode.valueOf(value)));
        return new Persona(
                id,
                id,
                "",
                new TreeSet<>(Set.of("g")),
                priority,
                true,
                values,
                List.of(activation),
                List.of(),
                Duration.ZERO,
                Duration.ZERO,
                1,
                START,
                START);
    }
}
