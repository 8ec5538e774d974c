package dev.persona.server.rule;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.IntNode;
import dev.persona.server.rule.Consequences.Claim;
import dev.persona.server.rule.Consequences.Request;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RulePassTest {

    @Test
    void passes_of_several_documents_are_joined_in_order() {
        RulePass one = new RulePass(
                List.of(new Request("a", "p", "why")),
                List.of(new Claim("a", "cpu.weight", IntNode.valueOf(1), 1, "why")),
                Set.of("a"),
                List.of(),
                3);
        RulePass other = new RulePass(
                List.of(new Request("b", "q", "why")),
                List.of(new Claim("b", "cpu.weight", IntNode.valueOf(2), 2, "why")),
                Set.of("a", "b"),
                List.of(new RulePass.Failure("other", "c", "it threw")),
                4);

        RulePass both = RulePass.NOTHING.and(one).and(other);

        assertThat(both.requests()).extracting(Request::rule).containsExactly("a", "b");
        assertThat(both.claims()).extracting(Claim::rule).containsExactly("a", "b");
        assertThat(both.fired()).containsExactlyInAnyOrder("a", "b");
        assertThat(both.failures()).containsExactly(new RulePass.Failure("other", "c", "it threw"));
        assertThat(both.comparisons()).isEqualTo(7);
    }
}
