package dev.persona.server.trigger;

import java.time.LocalDateTime;

/** What crontab(5) says of one minute, written from its text alone: the independent witness for {@link Crontab}. */
public final class MinuteByMinuteCron {
    private MinuteByMinuteCron() {}

    public static boolean matches(String expression, LocalDateTime minute) {
        String[] fields = expression.split(" ");
        boolean day = includes(fields[2], minute.getDayOfMonth(), 1, 31);
        int sundayZero = minute.getDayOfWeek().getValue() % 7;
        boolean weekday = includes(fields[4], sundayZero, 0, 7) || (sundayZero == 0 && includes(fields[4], 7, 0, 7));
        boolean bothRestricted = fields[2].charAt(0) != '*' && fields[4].charAt(0) != '*';
        return includes(fields[0], minute.getMinute(), 0, 59)
                && includes(fields[1], minute.getHour(), 0, 23)
                && includes(fields[3], minute.getMonthValue(), 1, 12)
                && (bothRestricted ? day || weekday : day && weekday);
    }

    private static boolean includes(String field, int value, int low, int high) {
        for (String part : field.split(",")) {
            int slash = part.indexOf('/');
            String range = slash < 0 ? part : part.substring(0, slash);
            int step = slash < 0 ? 1 : Integer.parseInt(part.substring(slash + 1));
            int dash = range.indexOf('-');
            int from = range.equals("*") ? low : Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
            int to = range.equals("*") ? high : Integer.parseInt(range.substring(dash + 1));
            if (value >= from && value <= to && (value - from) % step == 0) {
                return true;
            }
        }
        return false;
    }
}
