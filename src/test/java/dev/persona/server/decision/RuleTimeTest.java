package dev.persona.server.decision;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.LongNode;
import dev.persona.server.persona.Persona;
import dev.persona.server.rule.Policy;
import dev.persona.server.rule.RuleDocument;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When the machine asks custom rules by itself. */
class RuleTimeTest {
    private static final Instant START = Instant.parse("2026-03-02T08:00:00Z");
    private static final Duration STALE_AFTER = Duration.ofSeconds(30);

    @ParameterizedTest
    @CsvSource({"10,PT10S", "1.5,PT1.5S", "0.1,PT1S", "29.999999,PT29.999999S", "100,PT30S"})
    void a_metric_grows_old_at_its_exact_instant_and_is_gone_when_it_is_stale(String seconds, Duration age) {
        InstanceMachine machine = machine("Metric(reportedWithin(%s))".formatted(seconds));

        machine.advance(START, List.of(cpu()));
        List<Decision> later = machine.advance(START.plusSeconds(3_600), List.of());

        assertThat(machine.decision().at()).isEqualTo(START.plus(age));
        assertThat(active(later)).containsExactly(List.of());
    }

    @ParameterizedTest
    @CsvSource({"20,PT20S", "1,PT1S", "0,PT1S", "1.25,PT1.25S", "86400,PT24H"})
    void an_activation_comes_of_age_at_its_exact_instant(String seconds, Duration age) {
        InstanceMachine machine = machine(
                """
                UserSession() then consequences.activate("p", "somebody is here"); end
                rule "old" dialect "mvel" when Activation(activeFor(%s))"""
                        .formatted(seconds),
                "consequences.set(\"io.weight\", 1, 1, \"it is old\");");

        machine.advance(START, List.of(new Input.Users(Set.of(new Input.User("alice", Set.of())))));
        List<Decision> later = machine.advance(START.plus(Duration.ofDays(2)), List.of());

        assertThat(later).singleElement().satisfies(decision -> {
            assertThat(decision.at()).isEqualTo(START.plus(age));
            assertThat(decision.configuration().get("io.weight").personaId()).isEqualTo("rule:old");
        });
    }

    @Test
    void rules_that_look_at_no_metric_are_not_woken_up_by_its_age() {
        InstanceMachine machine = machine("UserSession()");

        machine.advance(START, List.of(cpu()));

        assertThat(machine.nextDeadline()).isEmpty();
    }

    @Test
    void a_persona_that_ends_itself_does_so_once_a_second_and_is_seen_where_it_is_restored() {
        InstanceMachine machine = machine("not Activation(personaId == \"p\")");

        List<Decision> before = machine.advance(START.plusSeconds(3), List.of());
        InstanceMachine restored = new InstanceMachine(
                "i-1", STALE_AFTER, machine.policy(), Optional.of(machine.snapshot()), START.plusSeconds(9));
        List<Decision> after = restored.advance(START.plusSeconds(6), List.of());

        assertThat(active(before)).containsExactly(List.of("p"), List.of(), List.of("p"), List.of());
        assertThat(active(after)).containsExactly(List.of("p"), List.of(), List.of("p"));
        assertThat(after).extracting(Decision::at).first().isEqualTo(START.plusSeconds(4));
    }

    @Test
    void rules_that_come_later_see_who_is_active_at_once() {
        InstanceMachine machine = machine("UserSession()");
        machine.advance(START, List.of(new Input.Users(Set.of(new Input.User("alice", Set.of())))));

        machine.advance(
                START.plusSeconds(5),
                List.of(new Input.PolicyChange(policy(
                        "Activation(personaId == \"p\")", "consequences.set(\"io.weight\", 1, 1, \"at once\");"))));

        assertThat(machine.decision().configuration()).containsKey("io.weight");
    }

    @Test
    void whoever_watches_custom_rules_is_told_the_instant_that_is_decided() {
        RuleDocument rules = rules("Metric()", "consequences.activate(\"p\", \"it fires\");");
        List<String> passes = new ArrayList<>();
        Policy watched = Policy.compile(
                Set.of("g"),
                List.of(),
                List.of(rules),
                (document, instanceId, at, pass) -> passes.add(instanceId + " at " + at));
        InstanceMachine machine = new InstanceMachine("i-1", STALE_AFTER, watched, Optional.empty(), START);

        machine.advance(START, List.of());
        machine.advance(START.plusSeconds(5), List.of(cpu()));

        assertThat(passes).containsExactly("i-1 at 2026-03-02T08:00:00Z", "i-1 at 2026-03-02T08:00:05Z");
    }

    private static InstanceMachine machine(String condition) {
        return machine(condition, "consequences.activate(\"p\", \"it fires\");");
    }

    private static InstanceMachine machine(String condition, String consequence) {
        return new InstanceMachine("i-1", STALE_AFTER, policy(condition, consequence), Optional.empty(), START);
    }

    private static RuleDocument rules(String condition, String consequence) {
        return RuleDocument.compile(
                "rules",
                """
                import dev.persona.server.rule.*
                global dev.persona.server.rule.Consequences consequences
                rule "it" dialect "mvel" when %s then %s end
                """
                        .formatted(condition, consequence));
    }

    private static Policy policy(String condition, String consequence) {
        Persona persona = new Persona(
                "p",
                "p",
                "",
                new TreeSet<>(Set.of("g")),
                1,
                true,
                new TreeMap<>(Map.of("cpu.weight", LongNode.valueOf(1))),
                List.of(),
                List.of(),
                Duration.ZERO,
                Duration.ZERO,
                1,
                START,
                START);
        return Policy.compile(Set.of("g"), List.of(persona), List.of(rules(condition, consequence)));
    }

    private static Input cpu() {
        return new Input.Metrics(Map.of("cpu", 1.0));
    }

    private static List<List<String>> active(List<Decision> decisions) {
        return decisions.stream()
                .map(decision -> decision.activePersonas().stream()
                        .map(Decision.ActivePersona::personaId)
                        .toList())
                .toList();
    }
}
