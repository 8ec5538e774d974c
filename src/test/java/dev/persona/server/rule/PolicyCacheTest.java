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
}
