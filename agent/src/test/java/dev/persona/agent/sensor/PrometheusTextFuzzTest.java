package dev.persona.agent.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Damaged texts are read or refused with a line's number: nothing else happens, and what is read fits into a report. */
class PrometheusTextFuzzTest {
    private static final long SEED = 4;
    private static final int CASES = 100_000;
    private static final String GOOD =
            """
            # TYPE http_requests_total counter
            http_requests_total{code="200",path="/a\\\\b\\"c\\n"} 1027 1767225600000
            # TYPE latency_seconds histogram
            latency_seconds_bucket{le="+Inf"} 9
            latency_seconds_sum 3.5e-2
            queue_length{queue="mail",} -Inf
            """;
    private static final String ALPHABET = "{}=\",\\#\n\r\t \0`+-.eEnNaIi019_:Aüπ\uD83D\u2028";

    @Test
    void a_damaged_text_is_read_or_refused() {
        SplittableRandom random = new SplittableRandom(SEED);
        int refused = 0;
        for (int number = 0; number < CASES; number++) {
            String text = damaged(random);
            try {
                Map<String, PrometheusText.Sample> samples = PrometheusText.read(text);
                assertThat(samples.keySet())
                        .as("seed %d case %d", SEED, number)
                        .allMatch(name -> name.matches("[\\p{Graph}&&[^`\"\\\\]]+"));
            } catch (IllegalArgumentException malformed) {
                refused++;
                assertThat(malformed).as("seed %d case %d", SEED, number).hasMessageMatching("line \\d .*");
            }
        }

        assertThat(refused).isBetween(CASES / 10, CASES * 9 / 10);
    }

    private static String damaged(SplittableRandom random) {
        StringBuilder text = new StringBuilder(GOOD);
        for (int damage = random.nextInt(1, 4); damage > 0; damage--) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(3)) {
                case 0 -> text.deleteCharAt(at);
                case 1 -> text.insert(at, ALPHABET.charAt(random.nextInt(ALPHABET.length())));
                default -> text.setCharAt(at, ALPHABET.charAt(random.nextInt(ALPHABET.length())));
            }
        }
        return text.toString();
    }
}
