package dev.persona.server.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.persona.server.rule.Consequences.Claim;
import dev.persona.server.rule.Consequences.Request;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConsequencesTest {
    private final Consequences consequences = new Consequences();

    @Test
    void a_rule_brings_about_a_thousand_of_each_kind_and_no_more() {
        for (int i = 0; i < 1_000; i++) {
            consequences.activate("p", "r");
            consequences.set("cpu.weight", 1, 1, "r");
        }

        assertThatThrownBy(() -> consequences.activate("p", "r")).hasMessageContaining("more than 1000 consequences");
        assertThatThrownBy(() -> consequences.set("cpu.weight", 1, 1, "r"))
                .hasMessageContaining("more than 1000 consequences");
        assertThat(consequences.requests()).hasSize(1_000);
        assertThat(consequences.claims()).hasSize(1_000);
    }

    @Test
    void what_a_rule_has_brought_about_can_be_taken_back_and_that_it_fired_cannot() {
        consequences.firing("bad");
        consequences.activate("p", "one");
        consequences.set("cpu.weight", 1, 7, "two");
        consequences.firing("good");
        consequences.activate("q", "three");
        consequences.set("cpu.weight", 2, 8, "four");

        consequences.retract("bad");

        assertThat(consequences.requests()).containsExactly(new Request("good", "q", "three"));
        assertThat(consequences.claims())
                .containsExactly(new Claim("good", "cpu.weight", LongNode.valueOf(2), 8, "four"));
        assertThat(consequences.fired()).containsExactlyInAnyOrder("bad", "good");
    }

    @ParameterizedTest
    @ValueSource(ints = {499, 500, 501, 10_000})
    void five_hundred_characters_of_a_reason_are_kept(int length) {
        consequences.activate("p", "r".repeat(length));
        consequences.set("cpu.weight", 1, 1, "r".repeat(length));

        assertThat(Stream.concat(
                        consequences.requests().stream().map(Request::reason),
                        consequences.claims().stream().map(Claim::reason)))
                .containsOnly("r".repeat(Math.min(500, length)))
                .hasSize(2);
    }

    @ParameterizedTest
    @MethodSource("values")
    void a_value_has_the_form_in_which_personas_have_it(Object value, JsonNode expected) {
        assertThat(Consequences.json(value)).isEqualTo(expected);
    }

    static List<Object[]> values() {
        return List.of(
                new Object[] {"text", TextNode.valueOf("text")},
                new Object[] {true, BooleanNode.TRUE},
                new Object[] {false, BooleanNode.FALSE},
                new Object[] {7, LongNode.valueOf(7)},
                new Object[] {-7.0, LongNode.valueOf(-7)},
                new Object[] {0.5, DoubleNode.valueOf(0.5)},
                new Object[] {9_007_199_254_740_991.0, LongNode.valueOf(9_007_199_254_740_991L)},
                new Object[] {9_007_199_254_740_992.0, DoubleNode.valueOf(9_007_199_254_740_992.0)},
                new Object[] {-9_007_199_254_740_992.0, DoubleNode.valueOf(-9_007_199_254_740_992.0)});
    }

    @Test
    void what_is_no_value_of_a_parameter_is_refused() {
        for (Object value : List.of(Double.NaN, Double.POSITIVE_INFINITY, List.of(), new Object())) {
            assertThatThrownBy(() -> consequences.set("cpu.weight", value, 1, "r"))
                    .hasMessageContaining("must be a string, a finite number or a boolean");
        }
        assertThat(consequences.claims()).isEmpty();
    }

    @Test
    void a_fraction_is_rounded_only_where_the_parameter_takes_whole_numbers() {
        consequences.set("cpu.weight", 99.5, 1, "r");
        consequences.set("cpu.max", 1.5, 1, "r");

        assertThat(consequences.claims())
                .extracting(Claim::value)
                .containsExactly(LongNode.valueOf(100), DoubleNode.valueOf(1.5));
    }
}
