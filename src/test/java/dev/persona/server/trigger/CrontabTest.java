package dev.persona.server.trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.time.LocalDateTime;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CrontabTest {
    private static final int EXPRESSIONS = Integer.getInteger("property.cases", 150);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // 2026-03-01 is a Sunday.
                "0 8 * * MON-FRI     | 2026-03-01T00:00 | 2026-03-02T08:00",
                "0 8 * * 1-5         | 2026-03-06T08:00 | 2026-03-09T08:00",
                "*/20 * * * *        | 2026-03-01T23:41 | 2026-03-02T00:00",
                "5-59/20 1,3 * * *   | 2026-03-01T01:45 | 2026-03-01T03:05",
                "0 0 * * 7           | 2026-03-01T00:00 | 2026-03-08T00:00",
                "0 0 * * fri-sun     | 2026-03-06T00:00 | 2026-03-07T00:00",
                "0 0 13 * FRI        | 2026-03-01T00:00 | 2026-03-06T00:00",
                "0 0 */2 * MON       | 2026-03-01T00:00 | 2026-03-09T00:00",
                "0 0 31 * *          | 2026-03-31T00:00 | 2026-05-31T00:00",
                "0 0 29 2 *          | 2026-03-01T00:00 | 2028-02-29T00:00",
                "0 0 29 FEB *        | 2096-03-01T00:00 | 2104-02-29T00:00",
                "0 0 30 2 MON        | 2026-03-01T00:00 | 2027-02-01T00:00",
            })
    void the_next_match_is_that_of_cron(String expression, LocalDateTime time, LocalDateTime next) {
        assertThat(Crontab.parse(expression).after(time)).isEqualTo(next);
    }

    @Test
    void both_directions_agree_with_a_walk_over_every_minute() {
        SplittableRandom random = new SplittableRandom(42);
        for (int i = 0; i < EXPRESSIONS; i++) {
            String expression = randomExpression(random);
            Crontab crontab = Crontab.parse(expression);
            LocalDateTime start = LocalDateTime.of(2026, 1, 1, 0, 0).plusMinutes(random.nextInt(700_000));
            LocalDateTime last = crontab.atOrBefore(start.minusSeconds(1));
            for (LocalDateTime minute = start; minute.isBefore(start.plusDays(20)); minute = minute.plusMinutes(1)) {
                boolean matches = MinuteByMinuteCron.matches(expression, minute);
                last = matches ? minute : last;
                boolean found = crontab.after(minute.minusNanos(1)).equals(minute);
                boolean before = crontab.atOrBefore(minute.plusSeconds(59)).equals(last);
                if (found != matches || !before) {
                    fail("`%s` at %s", expression, minute);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "* * * *",
                "* * * * * *",
                "60 * * * *",
                "* 24 * * *",
                "* * 0 * *",
                "* * 32 * *",
                "* * * 13 *",
                "* * * * 8",
                "5/10 * * * *",
                "50-10 * * * *",
                "1-2-3 * * * *",
                "*/0 * * * *",
                "*/61 * * * *",
                "1, * * * *",
                "* * * * MON#2",
                "* * L * *",
                "? * * * *",
                "@daily",
                "* * * FOO *",
                "-1 * * * *",
                "0 0 30 2 *",
                "0 0 31 2,4,6,9,11 */2",
                "+1 * * * *",
                "* * * * FRI-MON",
                "١ * * * *"
            })
    void what_cron_would_not_take_or_never_fires_is_refused(String expression) {
        assertThatThrownBy(() -> Crontab.parse(expression)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void an_expression_has_200_characters_at_most() {
        String longest = "0 0 * * " + "0,".repeat(95) + "00";

        assertThat(longest).hasSize(200);
        assertThat(Crontab.parse(longest)).hasToString(longest);
        assertThatThrownBy(() -> Crontab.parse(longest + " ")).hasMessageContaining("longer than 200");
    }

    @Test
    void expressions_that_read_alike_are_equal() {
        Crontab crontab = Crontab.parse(" 0  8 * jan mon-fri");

        assertThat(crontab)
                .isEqualTo(Crontab.parse("0 8 * JAN MON-FRI"))
                .hasSameHashCodeAs(Crontab.parse("0 8 * JAN MON-FRI"))
                .isNotEqualTo(Crontab.parse("0 9 * JAN MON-FRI"))
                .hasToString("0 8 * JAN MON-FRI");
    }

    private static String randomExpression(SplittableRandom random) {
        return String.join(
                " ",
                field(random, 0, 59),
                field(random, 0, 23),
                field(random, 1, 28),
                random.nextInt(3) == 0 ? field(random, 1, 12) : "*",
                field(random, 0, 7));
    }

    private static String field(SplittableRandom random, int low, int high) {
        int from = random.nextInt(low, high + 1);
        int to = random.nextInt(from, high + 1);
        return switch (random.nextInt(6)) {
            case 0 -> Integer.toString(from);
            case 1 -> from + "-" + to;
            case 2 -> from + "-" + to + "/" + random.nextInt(1, 5);
            case 3 -> "*/" + random.nextInt(1, Math.min(high, 9));
            case 4 -> from + "," + to;
            default -> "*";
        };
    }
}
