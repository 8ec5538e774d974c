package dev.persona.server.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WindowsTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final ZoneId UTC = ZoneId.of("UTC");

    @Test
    void a_daily_window_wraps_past_midnight_and_belongs_to_the_day_of_its_start() {
        Windows night = new Windows.Daily(LocalTime.of(22, 0), LocalTime.of(6, 0), Set.of(DayOfWeek.FRIDAY), UTC);

        // 2026-03-06 is a Friday.
        assertChanges(
                night, "2026-03-05T23:00:00Z", "2026-03-06T22:00:00Z", "2026-03-07T06:00:00Z", "2026-03-13T22:00:00Z");
        assertThat(night.openAt(at("2026-03-07T05:59:59Z"))).isTrue();
        assertThat(night.openAt(at("2026-03-06T05:00:00Z"))).isFalse();
    }

    @Test
    void equal_ends_mean_24_hours() {
        Windows monday = new Windows.Daily(LocalTime.of(8, 0), LocalTime.of(8, 0), Set.of(DayOfWeek.MONDAY), UTC);

        assertChanges(monday, "2026-03-01T00:00:00Z", "2026-03-02T08:00:00Z", "2026-03-03T08:00:00Z");
    }

    @Test
    void a_window_that_touches_the_next_goes_on() {
        Windows always = new Windows.Daily(
                LocalTime.of(8, 0), LocalTime.of(8, 0), Set.of(DayOfWeek.MONDAY, DayOfWeek.TUESDAY), UTC);

        assertChanges(always, "2026-03-01T00:00:00Z", "2026-03-02T08:00:00Z", "2026-03-04T08:00:00Z");
    }

    @Test
    void overlapping_cron_windows_count_as_one() {
        Windows windows = new Windows.Cron(Crontab.parse("0,30 8-9 * * *"), Duration.ofMinutes(45), UTC);

        assertChanges(
                windows,
                "2026-03-02T00:00:00Z",
                "2026-03-02T08:00:00Z",
                "2026-03-02T10:15:00Z",
                "2026-03-03T08:00:00Z");
    }

    @Test
    void a_window_that_never_closes_still_answers_a_next_change() {
        Windows windows = new Windows.Cron(Crontab.parse("* * * * *"), Duration.ofMinutes(1), UTC);

        assertThat(windows.openAt(at("2026-03-02T00:00:30Z"))).isTrue();
        assertThat(windows.nextChange(at("2026-03-02T00:00:30Z")).orElseThrow()).isAfter(at("2026-03-02T10:00:00Z"));
    }

    @Test
    void a_start_in_a_gap_moves_to_the_gaps_end_and_lasts_its_elapsed_time() {
        // 2026-03-29 in Berlin: 02:00 becomes 03:00 at 01:00Z.
        Windows windows = new Windows.Cron(Crontab.parse("30 2 * * *"), Duration.ofHours(1), BERLIN);

        assertChanges(
                windows,
                "2026-03-28T12:00:00Z",
                "2026-03-29T01:00:00Z",
                "2026-03-29T02:00:00Z",
                "2026-03-30T00:30:00Z");
    }

    @Test
    void a_daily_window_that_lies_in_a_gap_stays_closed_that_day() {
        Windows windows = new Windows.Daily(LocalTime.of(2, 10), LocalTime.of(2, 40), Set.of(), BERLIN);

        assertChanges(windows, "2026-03-28T12:00:00Z", "2026-03-30T00:10:00Z", "2026-03-30T00:40:00Z");
        assertThat(windows.openAt(at("2026-03-29T01:00:00Z"))).isFalse();
    }

    @Test
    void a_start_in_an_overlap_counts_the_first_time_only() {
        // 2026-10-25 in Berlin: 03:00 becomes 02:00 at 01:00Z.
        Windows windows = new Windows.Cron(Crontab.parse("30 2 * * *"), Duration.ofMinutes(10), BERLIN);

        assertChanges(
                windows,
                "2026-10-24T12:00:00Z",
                "2026-10-25T00:30:00Z",
                "2026-10-25T00:40:00Z",
                "2026-10-26T01:30:00Z");
    }

    @Test
    void a_window_of_an_overlap_does_not_open_again_the_second_time() {
        Windows cron = new Windows.Cron(Crontab.parse("30 2 * * *"), Duration.ofMinutes(10), BERLIN);
        Windows daily = new Windows.Daily(LocalTime.of(2, 30), LocalTime.of(2, 40), Set.of(), BERLIN);

        for (Windows windows : List.of(cron, daily)) {
            // 02:10 in Berlin, the second time.
            assertThat(windows.nextChange(at("2026-10-25T01:10:00Z"))).contains(at("2026-10-26T01:30:00Z"));
            assertThat(windows.openAt(at("2026-10-25T01:30:00Z"))).isFalse();
        }
    }

    @Test
    void a_daily_window_over_an_overlap_ends_the_first_time() {
        Windows windows = new Windows.Daily(LocalTime.of(1, 0), LocalTime.of(2, 30), Set.of(), BERLIN);

        assertChanges(
                windows,
                "2026-10-24T12:00:00Z",
                "2026-10-24T23:00:00Z",
                "2026-10-25T00:30:00Z",
                "2026-10-26T00:00:00Z");
    }

    @Test
    void one_window_is_half_open_and_an_absent_side_is_open() {
        Windows once =
                new Windows.Once(Optional.of(at("2026-03-02T08:00:00Z")), Optional.of(at("2026-03-02T09:00:00Z")));
        Windows until = new Windows.Once(Optional.empty(), Optional.of(at("2026-03-02T09:00:00Z")));

        assertChanges(once, "2026-03-02T07:00:00Z", "2026-03-02T08:00:00Z", "2026-03-02T09:00:00Z");
        assertThat(once.nextChange(at("2026-03-02T09:00:00Z"))).isEmpty();
        assertThat(until.openAt(at("2026-03-02T08:59:59.999999999Z"))).isTrue();
        assertThat(until.openAt(at("2026-03-02T09:00:00Z"))).isFalse();
    }

    /** The window is closed at an instant, and then changes at each of these and at no other instant before the last. */
    private static void assertChanges(Windows windows, String closedAt, String... changes) {
        Instant instant = at(closedAt);
        boolean open = false;
        assertThat(windows.openAt(instant)).as(closedAt).isFalse();
        for (String change : changes) {
            instant = windows.nextChange(instant).orElseThrow();
            open = !open;
            assertThat(instant).isEqualTo(at(change));
            assertThat(windows.openAt(instant)).as(change).isEqualTo(open);
            assertThat(windows.openAt(instant.minusNanos(1)))
                    .as("just before " + change)
                    .isEqualTo(!open);
        }
    }

    private static Instant at(String text) {
        return Instant.parse(text);
    }
}
