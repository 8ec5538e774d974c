package dev.persona.server.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.persona.server.parameter.ParameterCatalogue;
import dev.persona.server.persona.Persona;
import dev.persona.server.persona.PersonaReader;
import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.PolicyException;
import dev.persona.server.rule.Policy;
import dev.persona.server.rule.RuleDocument;
import dev.persona.server.trigger.Trigger.Threshold;
import dev.persona.server.trigger.Trigger.Threshold.Operator;
import dev.persona.server.trigger.TriggerReader;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RecordingTest {
    private static final Instant START = Instant.parse("2026-03-02T08:00:00Z");
    private static final PersonaReader READER =
            new PersonaReader(new ParameterCatalogue(), new TriggerReader(ZoneOffset.UTC));
    private static final RuleDocument RULES = RuleDocument.compile(
            "loads",
            """
            package dev.persona.rules
            import dev.persona.server.rule.*
            global dev.persona.server.rule.Consequences consequences
            rule "load" dialect "mvel" when Metric(name == "load", value > 1) then
                consequences.set("io.weight", 7, 1, "it is loaded");
            end
            """);

    private InstanceMachine machine = machine(List.of());
    private Recorder recorder = new Recorder(machine);

    @Test
    void a_piece_speaks_of_what_comes_after_its_beginning_up_to_its_last_instant() {
        tell(0, cpu(0.9));
        tell(10, cpu(0.1));
        recorder.end();
        tell(20, cpu(0.9));

        Recording first = recorder.complete().iterator().next();
        Recording second = recorder.current();

        assertThat(first.covers(at(0))).as("the first instant of all").isTrue();
        assertThat(first.covers(at(10))).isTrue();
        assertThat(first.covers(at(10).plusNanos(1))).isFalse();
        assertThat(second.covers(at(10))).isFalse();
        assertThat(second.covers(at(10).plusNanos(1))).isTrue();
        assertThat(second.covers(at(20))).isTrue();
        assertThat(first.explain(at(5), READER, List.of()).personas().get(0).active())
                .isTrue();
        assertThat(first.explain(at(10), READER, List.of()).personas().get(0).active())
                .isFalse();
        assertThat(first.explain(at(0), READER, List.of()).decision().revision())
                .isEqualTo(1);
    }

    @Test
    void a_piece_ends_after_five_minutes() {
        tell(0);
        recorder.end();
        tell(1, cpu(0.9));
        tell(300, cpu(0.9));
        int before = recorder.complete().size();
        tell(301, cpu(0.9));
        tell(302, cpu(0.9));

        assertThat(before).isEqualTo(1);
        assertThat(recorder.complete()).extracting(Recording::begins).containsExactly(at(0).minusNanos(1_000), at(0));
        assertThat(recorder.complete()).extracting(Recording::ends).containsExactly(at(0), at(300));
    }

    @Test
    void a_piece_ends_when_it_is_large_and_the_oldest_of_many_are_lost() {
        SplittableRandom random = new SplittableRandom(1);
        for (int second = 0; second < 250; second++) {
            List<Input> events = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                String noise = Long.toHexString(random.nextLong()) + Long.toHexString(random.nextLong());
                events.add(new Input.Event(Map.of("type", noise), JsonNodeFactory.instance.textNode(noise)));
            }
            tell(second, events.toArray(Input[]::new));
        }

        assertThat(recorder.complete()).hasSizeBetween(2, 12).allSatisfy(piece -> assertThat(piece.content().length)
                .isBetween(256 * 1024, 300 * 1024));
        recorder.end();
        for (int second = 250; second < 262; second++) {
            tell(second);
            recorder.end();
        }
        assertThat(recorder.complete()).hasSize(12);
        assertThat(recorder.complete().iterator().next().begins()).isEqualTo(at(249));
    }

    @Test
    void a_piece_that_is_stored_is_forgotten() {
        for (int second = 0; second < 3; second++) {
            tell(second);
            recorder.end();
        }
        List<Recording> pieces = recorder.complete();

        recorder.stored(pieces.get(1));

        assertThat(pieces).hasSize(3);
        assertThat(recorder.complete()).containsExactly(pieces.get(0), pieces.get(2));
    }

    @Test
    void metrics_that_no_trigger_looks_at_take_no_room() {
        Map<String, Double> many = new HashMap<>();
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 5_000; i++) {
            many.put("other-" + i, random.nextDouble());
        }
        many.put("cpu", 0.9);

        tell(0, new Input.Metrics(many));

        assertThat(recorder.current().content()).hasSizeLessThan(3_000);
        assertThat(recorder.current()
                        .explain(at(0), READER, List.of())
                        .personas()
                        .get(0)
                        .active())
                .isTrue();
    }

    @Test
    void custom_rules_are_applied_as_they_read_now_and_that_is_said() {
        machine = machine(List.of(RULES));
        recorder = new Recorder(machine);
        tell(0, new Input.Metrics(Map.of("load", 2.0)));

        Explanation explanation = recorder.current().explain(at(0), READER, List.of(RULES));
        Explanation without = recorder.current().explain(at(0), READER, List.of());

        assertThat(explanation.note()).hasValueSatisfying(note -> assertThat(note)
                .isEqualTo("custom rules took part; they are applied here as they read now"));
        assertThat(explanation.decision().configuration()).containsKey("io.weight");
        assertThat(without.note()).isPresent();
        assertThat(without.decision().configuration()).isEmpty();
    }

    @Test
    void what_needs_no_rules_has_no_note_and_rules_that_come_later_are_noted() {
        tell(0, cpu(0.9));
        Explanation without = recorder.current().explain(at(0), READER, List.of(RULES));
        tell(1, new Input.PolicyChange(policy(List.of(RULES))));
        Explanation with = recorder.current().explain(at(1), READER, List.of(RULES));

        assertThat(without.note()).isEmpty();
        assertThat(with.note()).isPresent();
    }

    @Test
    void a_recording_that_cannot_be_read_is_a_failure_of_the_server() {
        tell(0, cpu(0.9));
        byte[] damaged = recorder.current().content().clone();
        damaged[damaged.length / 2] ^= 0x55;

        for (byte[] content : List.of(new byte[0], new byte[] {1, 2, 3}, damaged)) {
            assertThatThrownBy(() -> new Recording("i-1", START.minusSeconds(1), at(1), content)
                            .explain(at(0), READER, List.of()))
                    .isInstanceOfSatisfying(PolicyException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL_FAILURE);
                        assertThat(e)
                                .hasMessageContaining("`i-1` from 2026-03-02T07:59:59Z")
                                .hasCauseInstanceOf(Exception.class);
                    });
        }
    }

    @Test
    void a_recorded_persona_that_is_valid_no_more_is_named() {
        Persona unknown = persona("p", "no.such.parameter");
        machine = new InstanceMachine(
                "i-1",
                Duration.ofSeconds(30),
                Policy.compile(Set.of("g"), List.of(unknown), List.of()),
                Optional.empty(),
                START);
        recorder = new Recorder(machine);
        tell(0, cpu(0.9));

        assertThatThrownBy(() -> recorder.current().explain(at(0), READER, List.of()))
                .isInstanceOf(PolicyException.class)
                .rootCause()
                .hasMessageContaining("no.such.parameter");
    }

    private void tell(int second, Input... inputs) {
        recorder.record(at(second), List.of(inputs));
        machine.advance(at(second), List.of(inputs));
    }

    private static Instant at(int second) {
        return START.plusSeconds(second);
    }

    private static Input cpu(double value) {
        return new Input.Metrics(Map.of("cpu", value));
    }

    private static InstanceMachine machine(List<RuleDocument> rules) {
        return new InstanceMachine("i-1", Duration.ofSeconds(30), policy(rules), Optional.empty(), START);
    }

    private static Policy policy(List<RuleDocument> rules) {
        return Policy.compile(Set.of("g"), List.of(persona("p", "cpu.weight")), rules);
    }

    private static Persona persona(String id, String parameter) {
        TreeMap<String, JsonNode> parameters = new TreeMap<>(Map.of(parameter, IntNode.valueOf(100)));
        return new Persona(
                id,
                id,
                "",
                new TreeSet<>(Set.of("g")),
                1,
                true,
                parameters,
                List.of(new Threshold("cpu", Operator.GREATER, 0.8, Duration.ZERO, 0.8, Duration.ZERO)),
                List.of(),
                Duration.ZERO,
                Duration.ZERO,
                1,
                START,
                START);
    }
}
