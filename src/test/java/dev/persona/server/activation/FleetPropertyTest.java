package dev.persona.server.activation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.persona.server.instance.Instance;
import dev.persona.server.instance.Tags;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * A fleet that is killed at any time goes on as if it had not been, less the reports that were not stored.
 * {@code -Dproperty.cases} and {@code -Dproperty.seed} ask for other lives.
 */
class FleetPropertyTest {
    private static final int CASES = Integer.getInteger("property.cases", 500);
    private static final long SEED = Long.getLong("property.seed", 20_260_302L);

    @Test
    void a_killed_fleet_goes_on_from_what_was_stored() {
        TreeMap<String, SortedSet<String>> tags = new TreeMap<>();
        tags.put(Tags.PERSONA_GROUP, new TreeSet<>(Set.of("db", "web")));
        Instance instance = new Instance("i-1", Optional.empty(), Tags.NONE, new Tags(tags), 1, Instant.EPOCH);

        long lost = LongStream.range(SEED, SEED + CASES)
                .parallel()
                .map(seed -> live(instance, seed))
                .sum();

        assertThat(lost).as("reports and orders that were lost").isGreaterThan(CASES);
    }

    private static int live(Instance instance, long seed) {
        try {
            return new KilledFleet(new RememberingStore(), instance, seed).live();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("-Dproperty.cases=1 -Dproperty.seed=" + seed, e);
        }
    }
}
