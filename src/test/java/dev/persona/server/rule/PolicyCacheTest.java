package dev.persona.server.rule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.persona.server.persona.Persona;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PolicyCacheTest {
    private final List<Persona> personas = new ArrayList<>();
    private final PolicyCache cache = new PolicyCache(() -> List.copyOf(personas), List.of());

    @Test
    void a_policy_is_compiled_once_for_each_set_of_groups() {
        Policy policy = cache.forGroups(Set.of("db", "web"));

        assertThat(cache.forGroups(Set.of("web", "db"))).isSameAs(policy);
        assertThat(cache.forGroups(Set.of("db"))).isNotSameAs(policy);
    }

    @Test
    void a_change_drops_only_the_sets_that_it_concerns() {
        Policy db = cache.forGroups(Set.of("db", "cache"));
        Policy web = cache.forGroups(Set.of("web"));
        personas.add(new RandomPersonas(new SplittableRandom(5), Instant.EPOCH).persona("p", 1));

        cache.drop(Set.of("db", "other"));

        assertThat(cache.forGroups(Set.of("db", "cache"))).isNotSameAs(db);
        assertThat(cache.forGroups(Set.of("web"))).isSameAs(web);
        assertThat(db.personas()).isEmpty();
    }

    @Test
    void other_custom_rules_give_another_policy_of_the_same_personas_where_they_have_a_say() {
        personas.add(new RandomPersonas(new SplittableRandom(5), Instant.EPOCH).persona("p", 1));
        Policy before = cache.forGroups(Set.copyOf(RandomPersonas.GROUPS));
        Policy elsewhere = cache.forGroups(Set.of("cache"));
        RuleDocument limited = rules("@persona(\"p\")");
        RuleDocument foreign = rules("@persona(\"nobody\")");

        cache.use(List.of(foreign));
        Policy unconcerned = cache.forGroups(Set.copyOf(RandomPersonas.GROUPS));
        cache.use(List.of(limited, foreign));
        Policy with = cache.forGroups(Set.copyOf(RandomPersonas.GROUPS));

        assertThat(unconcerned).isSameAs(before);
        assertThat(with.hasCustomRules()).isTrue();
        assertThat(with.personas()).isEqualTo(before.personas());
        assertThat(before.hasCustomRules()).isFalse();
        assertThat(cache.forGroups(Set.of("cache"))).isSameAs(elsewhere);
        assertThat(cache.customRules()).containsExactly(limited, foreign);
    }

    @Test
    void all_policies_can_be_dropped_at_once() {
        Policy before = cache.forGroups(Set.of("db"));

        cache.dropAll();

        assertThat(cache.forGroups(Set.of("db"))).isNotSameAs(before);
    }

    private static RuleDocument rules(String annotation) {
        return RuleDocument.compile(
                "rules",
                """
                package dev.persona.rules
                import dev.persona.server.rule.*
                global dev.persona.server.rule.Consequences consequences
                rule "r" %s dialect "mvel" when Metric() then consequences.activate("p", "why"); end
                """
                        .formatted(annotation));
    }
}
