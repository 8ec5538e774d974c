package dev.persona.server.trigger;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Optional;
import java.util.Set;

/** The windows of a schedule: a level at every instant, so that a late or restarted server agrees with one that never stopped. */
public sealed interface Windows {

    /**
     * Windows that start by a crontab(5) expression and last a while.
     *
     * @param cron five fields: minute, hour, day of month, month, day of week
     * @param duration elapsed time, longer than zero
     */
    record Cron(String cron, Duration duration, ZoneId zone) implements Windows {}

    /**
     * A window on each of some days.
     *
     * @param to not after {@code from} means that of the next day
     * @param days the days on which windows start; empty means every day
     */
    record Daily(LocalTime from, LocalTime to, Set<DayOfWeek> days, ZoneId zone) implements Windows {
        public Daily {
            days = Set.copyOf(days);
        }
    }

    /** One window, [start, end); an absent side is open. */
    record Once(Optional<Instant> start, Optional<Instant> end) implements Windows {}
}
