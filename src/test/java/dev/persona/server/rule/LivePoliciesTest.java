package dev.persona.server.rule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.persona.server.persona.Persona;
import dev.persona.server.persona.PersonasChanged;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LivePoliciesTest {
    private static final Set<String> GROUPS = Set.copyOf(RandomPersonas.GROUPS);

    private final List<Persona> personas = new ArrayList<>();
    private final FakeRules rules = new FakeRules();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final LivePolicies policies = new LivePolicies(() -> List.copyOf(personas), rules, registry);

    @Test
    void personas_that_have_changed_are_in_the_next_policy_and_each_compilation_is_measured() {
        Policy before = policies.forGroups(GROUPS);
        personas.add(new RandomPersonas(new SplittableRandom(5), Instant.EPOCH).persona("p", 1));
        Policy untold = policies.forGroups(GROUPS);

        policies.drop(new PersonasChanged(GROUPS));

        assertThat(untold).isSameAs(before);
        assertThat(policies.forGroups(GROUPS).personas()).isEqualTo(personas);
        assertThat(registry.get("persona.policy.compilations").timer().count()).isEqualTo(2);
    }

    @Test
    void custom_rules_that_have_changed_are_in_force_and_their_source_is_told_how_they_fare() {
        policies.forGroups(GROUPS);
        RuleDocument silent = RuleDocument.compile(
                "silent",
                """
                import dev.persona.server.rule.*
                global dev.persona.server.rule.Consequences consequences
                rule "r" dialect "mvel" when Metric() then consequences.activate("p", "why"); end
                """);
        rules.inForce.add(silent);

        policies.take(new RulesChanged());
        policies.forGroups(GROUPS).runCustomRules(new ListedFacts(List.of()));

        assertThat(policies.customRules()).containsExactly(silent);
        assertThat(rules.ran).containsExactly("silent on i-1");
    }

    private static final class FakeRules implements RuleSource {
        private final List<RuleDocument> inForce = new ArrayList<>();
        private final List<String> ran = new ArrayList<>();

        @Override
        public List<RuleDocument> rules() {
            return List.copyOf(inForce);
        }

        @Override
        public List<RuleDocument> stored() {
            return rules();
        }

        @Override
        public RuleDocument compile(String name, String drl) {
            return RuleDocument.compile(name, drl);
        }

        @Override
        public void ran(RuleDocument document, String instanceId, Instant at, RulePass pass) {
            ran.add(document.name() + " on " + instanceId);
        }
    }
}
