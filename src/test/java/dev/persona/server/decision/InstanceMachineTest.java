package dev.persona.server.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.persona.server.decision.Explanation.ExplainedPersona;
import dev.persona.server.decision.Explanation.ExplainedTrigger;
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
        assertThatThrownBy(() -> new InstanceMachine(
                        "i-1",
                        STALE_AFTER,
                        policy(),
                        Optional.of(JsonNodeFactory.instance.objectNode().put("version", 99)),
                        START))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("version");
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
        assertThat(busy.value()).contains(0.9);
        assertThat(busy.threshold()).contains(0.8);
        assertThat(busy.heldFor()).contains(Duration.ofSeconds(5));
        assertThat(busy.missing()).contains(Duration.ofSeconds(15));
        assertThat(night.triggers().get(0).changesAt()).contains(Instant.parse("2026-03-02T22:00:00Z"));
        assertThat(night.triggers().get(1).triggers().get(0).user()).contains("alice");
        assertThat(night.detail())
                .isEqualTo("the window `0 22 * * *` for PT8H in Z is closed until 2026-03-02T22:00:00Z"
                        + " and user `alice` is logged in");
        assertThat(persona.activationTriggers().get(2).detail()).contains("(1 of 2 within PT5M)");
        assertThat(persona.activationTriggers().get(3).truth()).isEqualTo(Truth.UNKNOWN);
        assertThat(persona.activationTriggers().get(3).detail()).isEqualTo("`load` is not reported");
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
