package dev.persona.server.instance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class InstanceFilterTest {
    private static final Instance DB_1 = new Instance(
            "db-01",
            Optional.of(new Instance.Agent("Alpha.example.org", "0.1.0", "boot")),
            tags(Map.of("site", List.of("fra"))),
            tags(Map.of("persona_group", List.of("db", "linux"))),
            1,
            Instant.EPOCH);

    @Test
    void without_conditions_every_instance_is_taken() {
        assertThat(filter("", "", "")).isTrue();
    }

    @Test
    void a_group_is_one_of_the_effective_groups() {
        assertThat(filter("db", "", "")).isTrue();
        assertThat(filter("web", "", "")).isFalse();
    }

    @Test
    void a_tag_is_a_key_or_a_key_with_a_value() {
        assertThat(filter("", "site", "")).isTrue();
        assertThat(filter("", "site=fra", "")).isTrue();
        assertThat(filter("", "site=ber", "")).isFalse();
        assertThat(filter("", "owner", "")).isFalse();
    }

    @Test
    void text_is_part_of_the_id_or_the_host_name_whatever_the_case() {
        assertThat(filter("", "", "DB-0")).isTrue();
        assertThat(filter("", "", "alpha")).isTrue();
        assertThat(filter("", "", "beta")).isFalse();
    }

    @Test
    void liveness_is_that_of_now() {
        InstanceFilter stale =
                new InstanceFilter(Optional.empty(), Optional.of(Liveness.STALE), Optional.empty(), Optional.empty());

        assertThat(stale.takes(DB_1, Liveness.STALE)).isTrue();
        assertThat(stale.takes(DB_1, Liveness.GONE)).isFalse();
    }

    private static boolean filter(String group, String tag, String text) {
        return new InstanceFilter(present(group), Optional.empty(), present(tag), present(text))
                .takes(DB_1, Liveness.CONNECTED);
    }

    private static Optional<String> present(String text) {
        return Optional.of(text).filter(some -> !some.isEmpty());
    }

    private static Tags tags(Map<String, List<String>> values) {
        var sorted = new TreeMap<String, java.util.SortedSet<String>>();
        values.forEach((key, list) -> sorted.put(key, new TreeSet<>(list)));
        return new Tags(sorted);
    }
}
