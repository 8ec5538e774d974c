package dev.persona.server.trigger;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.YearMonth;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A crontab(5) expression of five fields: minute, hour, day of month, month, day of week.
 *
 * <p>Names, lists, ranges and steps mean what they mean to cron. As in Vixie's cron, a field that starts with {@code *}
 * is not restricted: when both day fields are restricted a day matches if either does, else if both do. Sunday is 0 and
 * 7, and may end a range by name ({@code FRI-SUN}). It matches local times; which instants those are is not its concern.
 */
public final class Crontab {
    private static final int MAXIMUM_LENGTH = 200;
    private static final List<String> MONTHS =
            List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");
    private static final List<String> DAYS = List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");

    private final String text;
    private final BitSet minutes;
    private final BitSet hours;
    private final BitSet daysOfMonth;
    private final BitSet months;
    private final Set<DayOfWeek> daysOfWeek;
    private final boolean eitherDay;

    private Crontab(String text, List<String> fields) {
        this.text = text;
        this.minutes = bits("minute", fields.get(0), 0, 59, List.of());
        this.hours = bits("hour", fields.get(1), 0, 23, List.of());
        this.daysOfMonth = bits("day of month", fields.get(2), 1, 31, List.of());
        this.months = bits("month", fields.get(3), 1, 12, MONTHS);
        this.daysOfWeek = daysOfWeek(fields.get(4));
        this.eitherDay = !fields.get(2).startsWith("*") && !fields.get(4).startsWith("*");
        if (!eitherDay && !somedayExists()) {
            throw new IllegalArgumentException(
                    "never fires: no month of field `" + fields.get(3) + "` has a day `" + fields.get(2) + "`");
        }
    }

    /**
     * Reads an expression.
     *
     * @throws IllegalArgumentException if it is none or can never fire; the message says which field and why, and reads
     *     on from the name of what held the expression
     */
    public static Crontab parse(String expression) {
        if (expression.length() > MAXIMUM_LENGTH) {
            throw new IllegalArgumentException("is longer than " + MAXIMUM_LENGTH + " characters; shorten it");
        }
        List<String> fields = List.of(expression.strip().split("\\s+"));
        if (fields.size() != 5) {
            throw new IllegalArgumentException("must have five fields (minute, hour, day of month, month, day of week)"
                    + " such as `0 8 * * MON-FRI`, but is `" + expression + "`");
        }
        return new Crontab(String.join(" ", fields).toUpperCase(Locale.ROOT), fields);
    }

    /** The days of the week that a field such as {@code MON-FRI} or {@code SAT,SUN} names. */
    static Set<DayOfWeek> daysOfWeek(String field) {
        return bits("day of week", field, 0, 7, DAYS).stream()
                .mapToObj(day -> DayOfWeek.of(day == 0 ? 7 : day))
                .collect(Collectors.toSet());
    }

    /** The first match after a local time. */
    LocalDateTime after(LocalDateTime time) {
        LocalDateTime minute = time.withSecond(0).withNano(0).plusMinutes(1);
        LocalDate day = minute.toLocalDate();
        if (matches(day)) {
            Optional<LocalTime> sameDay = firstNotBefore(minute.toLocalTime());
            if (sameDay.isPresent()) {
                return day.atTime(sameDay.get());
            }
        }
        do {
            day = months.get(day.getMonthValue())
                    ? day.plusDays(1)
                    : day.withDayOfMonth(1).plusMonths(1);
        } while (!matches(day));
        return day.atTime(hours.nextSetBit(0), minutes.nextSetBit(0));
    }

    /** The last match at or before a local time. */
    LocalDateTime atOrBefore(LocalDateTime time) {
        LocalDate day = time.toLocalDate();
        if (matches(day)) {
            Optional<LocalTime> sameDay = lastNotAfter(time.toLocalTime());
            if (sameDay.isPresent()) {
                return day.atTime(sameDay.get());
            }
        }
        do {
            day = months.get(day.getMonthValue())
                    ? day.minusDays(1)
                    : day.withDayOfMonth(1).minusDays(1);
        } while (!matches(day));
        return day.atTime(hours.previousSetBit(23), minutes.previousSetBit(59));
    }

    private boolean matches(LocalDate day) {
        if (!months.get(day.getMonthValue())) {
            return false;
        }
        boolean inMonth = daysOfMonth.get(day.getDayOfMonth());
        boolean inWeek = daysOfWeek.contains(day.getDayOfWeek());
        return eitherDay ? inMonth || inWeek : inMonth && inWeek;
    }

    private Optional<LocalTime> firstNotBefore(LocalTime time) {
        int minute = hours.get(time.getHour()) ? minutes.nextSetBit(time.getMinute()) : -1;
        if (minute >= 0) {
            return Optional.of(LocalTime.of(time.getHour(), minute));
        }
        int hour = hours.nextSetBit(time.getHour() + 1);
        return hour < 0 ? Optional.empty() : Optional.of(LocalTime.of(hour, minutes.nextSetBit(0)));
    }

    private Optional<LocalTime> lastNotAfter(LocalTime time) {
        int minute = hours.get(time.getHour()) ? minutes.previousSetBit(time.getMinute()) : -1;
        if (minute >= 0) {
            return Optional.of(LocalTime.of(time.getHour(), minute));
        }
        int hour = time.getHour() == 0 ? -1 : hours.previousSetBit(time.getHour() - 1);
        return hour < 0 ? Optional.empty() : Optional.of(LocalTime.of(hour, minutes.previousSetBit(59)));
    }

    /** Whether some month has some day: all days of the week fall on every such date within 400 years. */
    private boolean somedayExists() {
        return months.stream()
                .anyMatch(month ->
                        daysOfMonth.nextSetBit(1) <= YearMonth.of(2000, month).lengthOfMonth());
    }

    private static BitSet bits(String name, String field, int low, int high, List<String> names) {
        BitSet bits = new BitSet();
        for (String part : field.split(",", -1)) {
            String[] rangeAndStep = part.split("/", -1);
            String[] ends = rangeAndStep[0].split("-", -1);
            boolean all = rangeAndStep[0].equals("*");
            if (rangeAndStep.length > 2 || ends.length > 2) {
                throw new IllegalArgumentException("has `" + part + "` as " + name + "; write `from-to/step`");
            }
            if (rangeAndStep.length == 2 && !all && ends.length == 1) {
                throw new IllegalArgumentException("has `" + part + "` as " + name
                        + "; a step goes with `*` or a range: write `" + ends[0] + "-" + high + "/" + rangeAndStep[1]
                        + "`");
            }
            int from = all ? low : value(name, ends[0], low, high, names);
            int to = all ? high : value(name, ends[ends.length - 1], low, high, names);
            if (to == 0 && from > 0 && names == DAYS) {
                to = 7;
            }
            if (from > to) {
                throw new IllegalArgumentException("has `" + part + "` as " + name + "; a range goes upwards: write `"
                        + ends[0] + "-" + high + "," + low + "-" + ends[1] + "`");
            }
            int step = rangeAndStep.length == 1 ? 1 : value(name, rangeAndStep[1], 1, high, List.of());
            for (int value = from; value <= to; value += step) {
                bits.set(value);
            }
        }
        return bits;
    }

    private static int value(String name, String text, int low, int high, List<String> names) {
        int named = names.indexOf(text.toUpperCase(Locale.ROOT));
        if (named >= 0) {
            return names == DAYS ? named : named + 1;
        }
        if (text.matches("[0-9]{1,2}")) {
            int value = Integer.parseInt(text);
            if (value >= low && value <= high) {
                return value;
            }
        }
        String orName = names.isEmpty() ? "" : ", or a name such as `" + names.get(0) + "`";
        throw new IllegalArgumentException(
                "has `" + text + "` as " + name + "; it takes " + low + " to " + high + orName);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Crontab crontab && text.equals(crontab.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** The expression with single spaces and names in capitals. */
    @Override
    public String toString() {
        return text;
    }
}
