package dev.persona.agent.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.persona.agent.platform.TurnedClock;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A thousand agents that lose their server at one instant and find it again some time later. */
class ReconnectTest {
    private static final int AGENTS = 1_000;
    private static final long SEED = 20260302;

    /** The defaults of {@link LinkConfig.Retry}. */
    private static final Duration INITIAL = Duration.ofSeconds(2);

    private static final Duration MAXIMUM = Duration.ofSeconds(30);

    @ParameterizedTest(name = "away for {0}: at most {1} in any second, all within {2}")
    @CsvSource({
        "PT0S, 600, PT2S", // a restart behind a proxy: the next try succeeds
        "PT5S, 350, PT30S",
        "PT1M, 110, PT30S",
        "PT1H, 110, PT30S"
    })
    void a_thousand_agents_come_back_spread_out(Duration away, int mostPerSecond, Duration allWithin) {
        SplittableRandom seeds = new SplittableRandom(SEED);

        long[] waits = IntStream.range(0, AGENTS)
                .mapToLong(agent -> backAfter(new Backoff(INITIAL, MAXIMUM, seeds.split()), away)
                        .toMillis())
                .sorted()
                .toArray();

        assertThat(mostWithin(waits, 1_000)).as("seed %d", SEED).isLessThanOrEqualTo(mostPerSecond);
        assertThat(Duration.ofMillis(waits[AGENTS - 1])).as("seed %d", SEED).isLessThanOrEqualTo(allWithin);
    }

    /** How long after the server's return an agent tries for the first time. */
    private static Duration backAfter(Backoff backoff, Duration away) {
        TurnedClock clock = new TurnedClock();
        Instant back = clock.instant().plus(away);
        int failures = 0;
        do {
            clock.turn(backoff.delay(++failures));
        } while (clock.instant().isBefore(back));
        return Duration.between(back, clock.instant());
    }

    private static int mostWithin(long[] sorted, long millis) {
        int most = 0;
        for (int first = 0, next = 0; first < sorted.length; first++) {
            while (next < sorted.length && sorted[next] < sorted[first] + millis) {
                next++;
            }
            most = Math.max(most, next - first);
        }
        return most;
    }
}
