package dev.persona.server.trigger;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Optional;
import java.util.Set;

/**
 * The windows of a schedule: a level at every instant, so that a late or restarted server agrees with one that never
 * stopped.
 *
 * <p>A window is [start, end); where windows overlap or touch, their union counts.
 */
public sealed interface Windows {

    /** Whether an instant is inside a window. */
    boolean openAt(Instant instant);

    /**
     * The next instant at which {@link #openAt} answers otherwise.
     *
     * <p>Where thousands of windows overlap in a row the answer may be too early: ask again then.
     *
     * @return empty if it never does
     */
    Optional<Instant> nextChange(Instant instant);

    /** Windows that start again and again by local time. In order of start they are also in order of end. */
    sealed interface Recurring extends Windows {
        /** How many windows that overlap in a row are looked through at once. */
        int LOOK_AHEAD = 1_000;

        ZoneId zone();

        /** The last nominal start at or before a local time. */
        LocalDateTime startAtOrBefore(LocalDateTime local);

        /** The first nominal start after a local time. */
        LocalDateTime startAfter(LocalDateTime local);

        /** The end of the window with a nominal start. */
        Instant end(LocalDateTime start);

        @Override
        default boolean openAt(Instant instant) {
            return lastEnd(instant).isAfter(instant);
        }

        @Override
        default Optional<Instant> nextChange(Instant instant) {
            Instant end = lastEnd(instant);
            if (!end.isAfter(instant)) {
                return Optional.of(nextOpening(instant));
            }
            for (int i = 0; i < LOOK_AHEAD; i++) {
                Instant extended = lastEnd(end);
                if (!extended.isAfter(end)) {
                    break;
                }
                end = extended;
            }
            return Optional.of(end);
        }

        private Instant lastEnd(Instant instant) {
            return end(startAtOrBefore(LocalTimes.lastNotAfter(instant, zone())));
        }

        /** The next start of a window that isn't emptied by a gap of local time. */
        private Instant nextOpening(Instant instant) {
            LocalDateTime start = startAfter(LocalTimes.lastNotAfter(instant, zone()));
            while (!end(start).isAfter(LocalTimes.instant(start, zone()))) {
                start = startAfter(start);
            }
            return LocalTimes.instant(start, zone());
        }
    }

    /**
     * Windows that start by a crontab(5) expression and last a while.
     *
     * @param duration elapsed time, longer than zero
     */
    record Cron(Crontab crontab, Duration duration, ZoneId zone) implements Recurring {
        @Override
        public LocalDateTime startAtOrBefore(LocalDateTime local) {
            return crontab.atOrBefore(local);
        }

        @Override
        public LocalDateTime startAfter(LocalDateTime local) {
            return crontab.after(local);
        }

        @Override
        public Instant end(LocalDateTime start) {
            return LocalTimes.instant(start, zone).plus(duration);
        }
    }

    /**
     * A window on each of some days.
     *
     * @param to not after {@code from} means that of the next day
     * @param days the days on which windows start; empty means every day
     */
    record Daily(LocalTime from, LocalTime to, Set<DayOfWeek> days, ZoneId zone) implements Recurring {
        public Daily {
            days = days.size() == DayOfWeek.values().length ? Set.of() : Set.copyOf(days);
        }

        @Override
        public LocalDateTime startAtOrBefore(LocalDateTime local) {
            LocalDate day =
                    local.toLocalTime().isBefore(from) ? local.toLocalDate().minusDays(1) : local.toLocalDate();
            while (!startsOn(day)) {
                day = day.minusDays(1);
            }
            return day.atTime(from);
        }

        @Override
        public LocalDateTime startAfter(LocalDateTime local) {
            LocalDate day = local.toLocalTime().isBefore(from)
                    ? local.toLocalDate()
                    : local.toLocalDate().plusDays(1);
            while (!startsOn(day)) {
                day = day.plusDays(1);
            }
            return day.atTime(from);
        }

        @Override
        public Instant end(LocalDateTime start) {
            LocalDate day =
                    to.isAfter(from) ? start.toLocalDate() : start.toLocalDate().plusDays(1);
            return LocalTimes.instant(day.atTime(to), zone);
        }

        private boolean startsOn(LocalDate day) {
            return days.isEmpty() || days.contains(day.getDayOfWeek());
        }
    }

    /** One window, [start, end); an absent side is open. */
    record Once(Optional<Instant> start, Optional<Instant> end) implements Windows {
        @Override
        public boolean openAt(Instant instant) {
            return start.map(first -> !instant.isBefore(first)).orElse(true)
                    && end.map(instant::isBefore).orElse(true);
        }

        @Override
        public Optional<Instant> nextChange(Instant instant) {
            return start.filter(instant::isBefore).or(() -> end.filter(instant::isBefore));
        }
    }
}
