package dev.persona.server.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.persona.server.decision.Decision.Reason;
import dev.persona.server.decision.Explanation.ExplainedPersona;
import dev.persona.server.decision.Explanation.Seen;
import dev.persona.server.persona.Persona;
import dev.persona.server.rule.Policy;
import dev.persona.server.rule.RuleDocument;
import dev.persona.server.trigger.Glob;
import dev.persona.server.trigger.Trigger;
import dev.persona.server.trigger.Trigger.Schedule;
import dev.persona.server.trigger.Trigger.Threshold;
import dev.persona.server.trigger.Trigger.Threshold.Operator;
import dev.persona.server.trigger.Trigger.UserProfile;
import dev.persona.server.trigger.Truth;
import dev.persona.server.trigger.Windows;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What operators are told: the verdict on each persona, and the reasons of each change. */
class ExplanationTest {
    private static final Instant START = Instant.parse("2026-03-02T08:00:00Z");
    private static final Threshold BUSY = threshold("cpu", Operator.GREATER, 0.8);
    private static final Threshold CALM = threshold("cpu", Operator.LESS, 0.3);
    private static final Schedule ALWAYS = new Schedule(new Windows.Once(Optional.of(START), Optional.empty()));
    private static final UserProfile ALICE = new UserProfile(Set.of(new Glob("alice")), Set.of());
    private static final UserProfile BOB = new UserProfile(Set.of(new Glob("bob")), Set.of());

    @Test
    void what_lies_between_activation_and_deactivation_keeps_a_persona_active() {
        InstanceMachine machine = machine(persona("p", List.of(BUSY), List.of(CALM, ALICE)));
        machine.advance(at(0), List.of(cpu(0.9)));
        machine.advance(at(1), List.of(cpu(0.5)));

        assertThat(only(machine).active()).isTrue();
        assertThat(only(machine).since()).contains(at(0));
        assertThat(only(machine).verdict())
                .isEqualTo("active: no activation trigger holds, but no deactivation trigger either:"
                        + " `cpu` 0.5 is not < 0.3 and no user `alice` is logged in");
    }

    @Test
    void what_is_unknown_keeps_a_persona_active() {
        InstanceMachine machine = machine(persona("p", List.of(BUSY, ALICE), List.of()));
        machine.advance(at(0), List.of(cpu(0.9)));
        machine.advance(at(30), List.of());

        assertThat(only(machine).verdict())
                .isEqualTo("active: what would end it is unknown: `cpu` has not been reported since"
                        + " 2026-03-02T08:00:00Z and no user `alice` is logged in");
        assertThat(only(machine).activationTriggers().get(0).truth()).isEqualTo(Truth.UNKNOWN);
        assertThat(only(machine).activationTriggers().get(0).changesAt()).isEmpty();
    }

    @Test
    void a_change_is_told_with_the_triggers_that_made_it() {
        InstanceMachine machine = machine(persona("p", List.of(BUSY, ALICE, BOB), List.of(CALM, ALICE)));

        Decision begun = machine.advance(at(0), List.of(cpu(0.9), users("bob"))).get(0);
        Decision ended = machine.advance(at(1), List.of(cpu(0.1), users())).get(0);

        assertThat(begun.reasons())
                .containsExactly(
                        new Reason("p", Reason.Change.ACTIVATED, "`cpu` 0.9 > 0.8 and user `bob` is logged in"));
        assertThat(ended.reasons())
                .containsExactly(new Reason(
                        "p",
                        Reason.Change.DEACTIVATED,
                        "`cpu` 0.1 < 0.3; `cpu` 0.1 is not > 0.8 and no user `alice` is logged in and no user `bob`"
                                + " is logged in"));
    }

    @Test
    void a_persona_without_activation_triggers_waits_for_a_pin_or_a_rule() {
        InstanceMachine machine = machine(persona("p", List.of(), List.of()));
        machine.advance(at(0), List.of());
        String unpinned = only(machine).verdict();
        Input.Pin pin = new Input.Pin("p", "ops", "a test", at(1), Optional.of(at(60)));
        machine.advance(at(1), List.of(new Input.StandingOrders(List.of(pin), Optional.empty())));

        assertThat(unpinned)
                .isEqualTo("inactive: it has no activation triggers; only a pin or a custom rule makes it active");
        assertThat(only(machine).verdict())
                .isEqualTo("pinned by `ops` until 2026-03-02T08:01:00Z: a test; by itself " + unpinned);
        assertThat(only(machine).pin()).contains(pin);
        assertThat(only(machine).active()).isFalse();
    }

    @Test
    void a_composite_is_explained_by_the_parts_that_make_it_what_it_is() {
        Trigger any = new Trigger.Any(List.of(BUSY, ALICE, BOB));
        Trigger all = new Trigger.All(List.of(ALWAYS, ALICE, BOB));
        Trigger not = new Trigger.Not(ALICE);
        InstanceMachine machine = machine(persona("p", List.of(any, all, not), List.of()));

        machine.advance(at(0), List.of(cpu(0.1), users("bob")));

        assertThat(only(machine).activationTriggers())
                .extracting(
                        Explanation.ExplainedTrigger::type,
                        Explanation.ExplainedTrigger::truth,
                        Explanation.ExplainedTrigger::detail)
                .containsExactly(
                        tuple("any", Truth.TRUE, "user `bob` is logged in"),
                        tuple("all", Truth.FALSE, "no user `alice` is logged in"),
                        tuple("not", Truth.TRUE, "no user `alice` is logged in"));
        assertThat(only(machine).activationTriggers().get(1).triggers())
                .extracting(Explanation.ExplainedTrigger::type)
                .containsExactly("time_schedule", "user_profile_association", "user_profile_association");
    }

    @Test
    void a_window_tells_when_it_opens_or_closes_and_one_that_never_does_tells_nothing() {
        Schedule night = new Schedule(new Windows.Once(Optional.of(at(60)), Optional.of(at(120))));
        InstanceMachine machine = machine(persona("p", List.of(night, ALWAYS), List.of()));
        machine.advance(at(0), List.of());
        List<Explanation.ExplainedTrigger> before = only(machine).activationTriggers();
        machine.advance(at(61), List.of());
        List<Explanation.ExplainedTrigger> within = only(machine).activationTriggers();

        assertThat(before.get(0).seen()).isEqualTo(new Seen.Window(Optional.of(at(60)), Optional.empty()));
        assertThat(before.get(0).changesAt()).contains(at(60));
        assertThat(within.get(0).seen()).isEqualTo(new Seen.Window(Optional.empty(), Optional.of(at(120))));
        assertThat(within.get(1).seen()).isEqualTo(new Seen.Window(Optional.empty(), Optional.empty()));
        assertThat(within.get(1).changesAt()).isEmpty();
    }

    @Test
    void a_threshold_tells_what_it_compares_with_and_how_long_it_goes_on() {
        Threshold patient =
                new Threshold("cpu", Operator.GREATER, 0.8, Duration.ofSeconds(20), 0.6, Duration.ofSeconds(10));
        InstanceMachine machine = machine(persona("p", List.of(patient), List.of()));
        machine.advance(at(0), List.of(cpu(0.9)));
        machine.advance(at(25), List.of(cpu(0.5)));
        machine.advance(at(28), List.of());

        assertThat(only(machine).activationTriggers().get(0).seen())
                .isEqualTo(new Seen.Metric(
                        "cpu",
                        Optional.of(0.5),
                        Optional.of(at(25)),
                        ">",
                        0.6,
                        Optional.of(at(20)),
                        Optional.of(Duration.ofSeconds(3)),
                        Optional.of(Duration.ofSeconds(7))));
        assertThat(only(machine).activationTriggers().get(0).changesAt()).contains(at(35));
    }

    @Test
    void cooldown_is_told_only_while_something_would_begin() {
        Persona patient = persona("p", List.of(BUSY), List.of(), Duration.ofSeconds(30));
        InstanceMachine machine = machine(patient);
        machine.advance(at(0), List.of(cpu(0.9)));
        machine.advance(at(10), List.of(cpu(0.1)));
        ExplainedPersona calm = only(machine);
        machine.advance(at(39), List.of(cpu(0.9)));
        ExplainedPersona cooling = only(machine);
        machine.advance(at(40), List.of());
        ExplainedPersona again = only(machine);

        assertThat(calm.verdict()).isEqualTo("inactive: `cpu` 0.1 is not > 0.8");
        assertThat(calm.cooldownUntil()).contains(at(40));
        assertThat(calm.remaining()).contains(Duration.ofSeconds(30));
        assertThat(cooling.verdict())
                .isEqualTo("inactive: `cooldown` lasts another PT1S, until 2026-03-02T08:00:40Z, although `cpu` 0.9 >"
                        + " 0.8");
        assertThat(again.verdict()).isEqualTo("active: `cpu` 0.9 > 0.8");
        assertThat(again.cooldownUntil()).isEmpty();
        assertThat(again.minimumActiveUntil()).isEmpty();
        assertThat(again.remaining()).isEmpty();
    }

    @Test
    void cooldown_is_told_where_a_rule_would_begin() {
        RuleDocument rules = RuleDocument.compile(
                "asking",
                """
                package dev.persona.rules
                import dev.persona.server.rule.*
                global dev.persona.server.rule.Consequences consequences
                rule "ask" dialect "mvel" when Metric(value > 0.5) then consequences.activate("p", "it is busy"); end
                """);
        Persona patient = persona("p", List.of(), List.of(), Duration.ofSeconds(30));
        Policy policy = Policy.compile(Set.of("g"), List.of(patient), List.of(rules));
        InstanceMachine machine = new InstanceMachine("i-1", Duration.ofSeconds(30), policy, Optional.empty(), START);
        machine.advance(at(0), List.of(cpu(0.9)));
        machine.advance(at(10), List.of(cpu(0.1)));
        machine.advance(at(39), List.of(cpu(0.9)));

        assertThat(only(machine).verdict())
                .isEqualTo("inactive: `cooldown` lasts another PT1S, until 2026-03-02T08:00:40Z, although rule `ask`:"
                        + " it is busy");
    }

    @Test
    void what_custom_rules_claim_is_told_in_one_order_however_events_arrive() {
        RuleDocument rules = RuleDocument.compile(
                "echoing",
                """
                package dev.persona.rules
                import dev.persona.server.rule.*
                global dev.persona.server.rule.Consequences consequences
                rule "echo" dialect "mvel" when Event($id : attribute("id")) then
                    consequences.set("cpu.weight", 1, 1, $id);
                end
                """);
        Policy policy = Policy.compile(Set.of("g"), List.of(), List.of(rules));
        List<Input> events = new ArrayList<>();
        for (String id : List.of("c", "a", "d", "b")) {
            events.add(new Input.Event(Map.of("type", "alert", "id", id), NullNode.getInstance()));
        }
        InstanceMachine one = new InstanceMachine("i-1", Duration.ofSeconds(30), policy, Optional.empty(), START);
        InstanceMachine other = new InstanceMachine("i-1", Duration.ofSeconds(30), policy, Optional.empty(), START);

        one.advance(at(0), events);
        Collections.reverse(events);
        other.advance(at(0), events);

        assertThat(one.explanation().ruleClaims())
                .hasSize(4)
                .isEqualTo(other.explanation().ruleClaims());
    }

    @Test
    void a_sentence_is_cut_at_2000_characters() {
        List<Trigger> many = IntStream.range(0, 200)
                .<Trigger>mapToObj(i -> new UserProfile(Set.of(new Glob("user-" + i)), Set.of()))
                .toList();
        InstanceMachine machine = machine(persona("p", many, List.of()));
        machine.advance(at(0), List.of());

        assertThat(only(machine).verdict())
                .hasSize(2_000)
                .startsWith("inactive: no user `user-0` is logged in and no user `user-1` is logged in and ")
                .endsWith("…");
    }

    @Test
    void several_rules_that_ask_for_a_persona_are_named_each_once_and_in_order() {
        RuleDocument rules = RuleDocument.compile(
                "asking",
                """
                package dev.persona.rules
                import dev.persona.server.rule.*
                global dev.persona.server.rule.Consequences consequences
                rule "second" dialect "mvel" when Metric() then consequences.activate("p", "it reports"); end
                rule "first" dialect "mvel" when Metric(name == "cpu") then consequences.activate("p", "it is there"); end
                """);
        Policy policy = Policy.compile(Set.of("g"), List.of(persona("p", List.of(), List.of())), List.of(rules));
        InstanceMachine machine = new InstanceMachine("i-1", Duration.ofSeconds(30), policy, Optional.empty(), START);

        Decision decision = machine.advance(at(0), List.of(new Input.Metrics(Map.of("cpu", 0.9, "load", 1.0))))
                .get(0);

        String asked = "rule `first`: it is there and rule `second`: it reports";
        assertThat(decision.activePersonas())
                .extracting(Decision.ActivePersona::source)
                .containsExactly(Decision.Source.RULE);
        assertThat(decision.reasons()).containsExactly(new Reason("p", Reason.Change.ACTIVATED, asked));
        assertThat(only(machine).verdict()).isEqualTo("active: " + asked);

        Decision over = machine.advance(at(30), List.of()).get(0);

        assertThat(over.reasons())
                .containsExactly(new Reason("p", Reason.Change.DEACTIVATED, "nothing activates it any more"));
    }

    @Test
    void the_claims_of_custom_rules_are_ranked_as_the_decision_ranks_them() {
        RuleDocument rules = RuleDocument.compile(
                "weights",
                """
                package dev.persona.rules
                import dev.persona.server.rule.*
                global dev.persona.server.rule.Consequences consequences
                rule "weigh" dialect "mvel" when Metric(name == "cpu") then
                    consequences.set("cpu.weight", 1, 1, "low");
                    consequences.set("cpu.weight", 9, 9, "high");
                    consequences.set("io.weight", 5, 9, "other");
                end
                rule "lift" dialect "mvel" when Metric(name == "cpu") then
                    consequences.set("cpu.weight", 7, 5, "lifted");
                    consequences.set("io.weight", 6, 20, "lifted");
                end
                """);
        Policy policy = Policy.compile(Set.of("g"), List.of(persona("p", List.of(ALWAYS), List.of())), List.of(rules));
        InstanceMachine machine = new InstanceMachine("i-1", Duration.ofSeconds(30), policy, Optional.empty(), START);

        machine.advance(at(0), List.of(cpu(0.9)));

        assertThat(machine.decision().configuration().get("cpu.weight").value().asInt())
                .isEqualTo(9);
        assertThat(machine.explanation().contested()).first().satisfies(contest -> {
            assertThat(contest.winner().claimant()).isEqualTo("rule:weigh");
            assertThat(contest.winner().priority()).isEqualTo(9);
            assertThat(contest.winner().value().asInt()).isEqualTo(9);
            assertThat(contest.losers())
                    .extracting(Explanation.Loser::because)
                    .containsExactly(
                            "priority 9 of `rule:weigh` is above 5 of `rule:lift`",
                            "priority 9 of `rule:weigh` is above 1 of `p`");
            assertThat(contest.losers().get(0).claim().value().asInt()).isEqualTo(7);
        });
        assertThat(machine.explanation().contested().get(1).losers())
                .extracting(Explanation.Loser::because)
                .containsExactly("priority 20 of `rule:lift` is above 9 of `rule:weigh`");
    }

    @Test
    void equals_are_told_apart_by_their_names_and_a_hold_hides_all_contests() {
        Persona a = persona("a", List.of(ALWAYS), List.of());
        Persona b = persona("b", List.of(ALWAYS), List.of());
        InstanceMachine machine = machine(b, a);
        machine.advance(at(0), List.of());
        Explanation open = machine.explanation();
        Input.Hold hold = new Input.Hold("ops", "maintenance", at(1), Optional.empty());
        Decision held = machine.advance(at(1), List.of(new Input.StandingOrders(List.of(), Optional.of(hold))))
                .get(0);

        assertThat(open.contested().get(0).losers())
                .extracting(Explanation.Loser::because)
                .containsExactly("both have priority 1, and `a` sorts before `b`");
        assertThat(machine.explanation().contested()).isEmpty();
        assertThat(held.reasons())
                .containsExactly(
                        new Reason("a", Reason.Change.HELD, "held by `ops`: maintenance"),
                        new Reason("b", Reason.Change.HELD, "held by `ops`: maintenance"));

        Decision resumed = machine.advance(at(2), List.of(new Input.StandingOrders(List.of(), Optional.empty())))
                .get(0);

        assertThat(resumed.reasons())
                .extracting(Reason::change, Reason::detail)
                .containsOnly(tuple(Reason.Change.RESUMED, "the hold has ended"))
                .hasSize(2);
    }

    private static ExplainedPersona only(InstanceMachine machine) {
        assertThat(machine.explanation().personas()).hasSize(1);
        return machine.explanation().personas().get(0);
    }

    private static Threshold threshold(String metric, Operator operator, double value) {
        return new Threshold(metric, operator, value, Duration.ZERO, value, Duration.ZERO);
    }

    private static Input cpu(double value) {
        return new Input.Metrics(Map.of("cpu", value));
    }

    private static Input users(String... names) {
        return new Input.Users(Set.copyOf(List.of(names).stream()
                .map(name -> new Input.User(name, Set.of()))
                .toList()));
    }

    private static Instant at(int second) {
        return START.plusSeconds(second);
    }

    private static InstanceMachine machine(Persona... personas) {
        return new InstanceMachine(
                "i-1",
                Duration.ofSeconds(30),
                Policy.compile(Set.of("g"), List.of(personas), List.of()),
                Optional.empty(),
                START);
    }

    private static Persona persona(String id, List<Trigger> activation, List<Trigger> deactivation) {
        return persona(id, activation, deactivation, Duration.ZERO);
    }

    private static Persona persona(String id, List<Trigger> activation, List<Trigger> deactivation, Duration cooldown) {
        TreeMap<String, JsonNode> parameters = new TreeMap<>(Map.of("cpu.weight", IntNode.valueOf(100)));
        return new Persona(
                id,
                id,
                "",
                new TreeSet<>(Set.of("g")),
                1,
                true,
                parameters,
                activation,
                deactivation,
                Duration.ZERO,
                cooldown,
                1,
                START,
                START);
    }
}
