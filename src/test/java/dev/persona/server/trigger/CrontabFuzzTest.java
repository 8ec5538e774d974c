package dev.persona.server.trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Expressions made and damaged at random are refused in words, or fire again and again.
 *
 * <p>What fires does so within {@link #LONGEST_WAIT_YEARS} years of any instant, both ways: so much of the calendar is
 * looked through, and no more.
 */
class CrontabFuzzTest {
    private static final int ROUNDS = 5_000;

    /** From one 29th of February on a certain day of the week to the next, across 2100 or the like. */
    private static final int LONGEST_WAIT_YEARS = 40;

    private static final List<String> PIECES = List.of(
            "*",
            "0",
            "1",
            "7",
            "28",
            "29",
            "30",
            "31",
            "59",
            "60",
            "-1",
            "00",
            "99",
            "100",
            "2147483648",
            ",",
            "-",
            "/",
            "/0",
            "/1",
            "/7",
            "*/",
            " ",
            "\t",
            "\n",
            "\u00A0",
            "\u2028",
            "\u0000",
            "JAN",
            "feb",
            "MON",
            "sun",
            "SUN-SAT",
            "L",
            "#",
            "?",
            "W",
            "@daily",
            "٣",
            "I",
            "ı",
            "🦀",
            "\ud800",
            "1-",
            "-5",
            "1,,2");

    private static final List<String> DAYS_OF_MONTH = List.of("29", "30", "31", "29-31", "*/29", "28", "*", "1");
    private static final List<String> MONTHS = List.of("2", "FEB", "2,4,6", "4,6,9,11", "*/2", "1", "*");
    private static final List<String> DAYS_OF_WEEK = List.of("*", "*/7", "*/6", "*/2", "SUN", "0-7/7", "5");
    private static final List<ZoneId> ZONES = List.of(
            ZoneOffset.UTC, ZoneId.of("Europe/Berlin"), ZoneId.of("Australia/Lord_Howe"), ZoneId.of("Pacific/Apia"));

    @ParameterizedTest
    @ValueSource(longs = {1, 20_260_302, 4_711})
    void an_expression_is_refused_in_words_or_fires_within_bounds(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int taken = 0;
        for (int round = 0; round < ROUNDS; round++) {
            String expression = random.nextBoolean() ? rare(random) : damaged(random);
            String story = "seed " + seed + ", round " + round + ": `" + expression + "`";

            Throwable refusal = catchThrowable(() -> Crontab.parse(expression));

            if (refusal == null) {
                taken++;
                check(Crontab.parse(expression), random, story);
            } else {
                // Exactly this class: its subclass NumberFormatException would be an accident.
                assertThat(refusal.getClass()).as(story).isEqualTo(IllegalArgumentException.class);
                assertThat(refusal.getMessage())
                        .as(story)
                        .matches("(?s)(has |must have |is longer than |never fires: ).*")
                        .hasSizeLessThan(500);
            }
        }
        assertThat(taken).isBetween(ROUNDS / 10, ROUNDS - ROUNDS / 10);
    }

    private static void check(Crontab crontab, SplittableRandom random, String story) {
        LocalDateTime time = LocalDateTime.of(1990, 1, 1, 0, 0)
                .plusMinutes(random.nextInt(120 * 366 * 24 * 60))
                .plusNanos(random.nextInt(3));

        LocalDateTime next = crontab.after(time);
        LocalDateTime last = crontab.atOrBefore(time);

        assertThat(next).as(story).isAfter(time).isBeforeOrEqualTo(time.plusYears(LONGEST_WAIT_YEARS));
        assertThat(last).as(story).isBeforeOrEqualTo(time).isAfterOrEqualTo(time.minusYears(LONGEST_WAIT_YEARS));
        assertThat(crontab.after(last)).as(story).isEqualTo(next);
        assertThat(crontab.atOrBefore(next)).as(story).isEqualTo(next);
        assertThat(crontab.atOrBefore(next.minusNanos(1))).as(story).isEqualTo(last);
        assertThat(Crontab.parse(crontab.toString())).as(story).isEqualTo(crontab);
        if (random.nextInt(10) == 0) {
            Duration duration = Duration.ofSeconds(random.nextLong(1, 1L << random.nextInt(1, 32)));
            ZoneId zone = ZONES.get(random.nextInt(ZONES.size()));
            checkWindows(new Windows.Cron(crontab, duration, zone), time.toInstant(ZoneOffset.UTC), story);
        }
    }

    /** Open windows stay so until the next change, which a row of them that overlap may put off; closed ones open then. */
    private static void checkWindows(Windows windows, Instant instant, String story) {
        Instant change = windows.nextChange(instant).orElseThrow();

        assertThat(change).as(story).isAfter(instant);
        assertThat(windows.openAt(change.minusNanos(1))).as(story).isEqualTo(windows.openAt(instant));
        assertThat(windows.openAt(instant) || windows.openAt(change)).as(story).isTrue();
    }

    /** Days that come seldom or never. */
    private static String rare(SplittableRandom random) {
        return random.nextInt(60) + " " + random.nextInt(24) + " " + pick(random, DAYS_OF_MONTH) + " "
                + pick(random, MONTHS) + " " + pick(random, DAYS_OF_WEEK);
    }

    private static String damaged(SplittableRandom random) {
        StringBuilder text = new StringBuilder(rare(random));
        for (int i = random.nextInt(4); i > 0; i--) {
            int from = random.nextInt(text.length() + 1);
            int to = Math.min(text.length(), from + random.nextInt(4));
            text.replace(from, to, pick(random, PIECES).repeat(random.nextInt(20) == 0 ? 100 : 1));
        }
        return text.toString();
    }

    private static String pick(SplittableRandom random, List<String> list) {
        return list.get(random.nextInt(list.size()));
    }
}
