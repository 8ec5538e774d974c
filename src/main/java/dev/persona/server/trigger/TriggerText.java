package dev.persona.server.trigger;

import dev.persona.server.trigger.Trigger.All;
import dev.persona.server.trigger.Trigger.Any;
import dev.persona.server.trigger.Trigger.EventSubscription;
import dev.persona.server.trigger.Trigger.Not;
import dev.persona.server.trigger.Trigger.Schedule;
import dev.persona.server.trigger.Trigger.Threshold;
import dev.persona.server.trigger.Trigger.UserProfile;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** Triggers in words, for reasons, explanations and the comments of generated rules. */
public final class TriggerText {
    private TriggerText() {}

    /** One line that says what a trigger asks for. */
    public static String describe(Trigger trigger) {
        if (trigger instanceof Threshold threshold) {
            return describe(threshold);
        }
        if (trigger instanceof Schedule schedule) {
            return describe(schedule.windows());
        }
        if (trigger instanceof EventSubscription subscription) {
            return describe(subscription);
        }
        if (trigger instanceof UserProfile profile) {
            return profile.users().isEmpty()
                    ? "user of group " + globs(profile.groups())
                    : "user " + globs(profile.users())
                            + (profile.groups().isEmpty() ? "" : " or of group " + globs(profile.groups()));
        }
        if (trigger instanceof All all) {
            return "(" + join(all.triggers(), " and ") + ")";
        }
        if (trigger instanceof Any any) {
            return "(" + join(any.triggers(), " or ") + ")";
        }
        return "not " + describe(((Not) trigger).trigger());
    }

    /** A finite number as people write it. */
    public static String number(double value) {
        return Math.abs(value) < 1e15 && (Math.abs(value) >= 1e-6 || value == 0)
                ? BigDecimal.valueOf(value).stripTrailingZeros().toPlainString()
                : Double.toString(value);
    }

    /**
     * A value that was seen, to four significant digits: to more where fewer would compare otherwise.
     *
     * @param limits what the value is compared with
     */
    static String seen(double value, double... limits) {
        BigDecimal exact = BigDecimal.valueOf(value);
        for (int digits = 4; digits < 17; digits++) {
            double rounded = exact.round(new MathContext(digits)).doubleValue();
            if (compareAlike(rounded, value, limits)) {
                return number(rounded);
            }
        }
        return number(value);
    }

    private static boolean compareAlike(double one, double other, double... limits) {
        for (double limit : limits) {
            if (Double.compare(one, limit) != Double.compare(other, limit)) {
                return false;
            }
        }
        return true;
    }

    /** How long something has lasted, for people: in whole seconds, or milliseconds below ten seconds. */
    public static Duration lasting(Duration duration) {
        boolean isShort = duration.compareTo(Duration.ofSeconds(10)) < 0;
        return duration.truncatedTo(isShort ? ChronoUnit.MILLIS : ChronoUnit.SECONDS);
    }

    private static String describe(Threshold threshold) {
        String symbol = threshold.operator().symbol();
        String text = "`" + threshold.metric() + "` " + symbol + " " + number(threshold.value());
        if (!threshold.heldFor().isZero()) {
            text += " for " + threshold.heldFor();
        }
        if (threshold.clearValue() != threshold.value() || !threshold.clearFor().isZero()) {
            text += ", until not " + symbol + " " + number(threshold.clearValue());
            if (!threshold.clearFor().isZero()) {
                text += " for " + threshold.clearFor();
            }
        }
        return text;
    }

    private static String describe(Windows windows) {
        if (windows instanceof Windows.Cron cron) {
            return "`" + cron.crontab() + "` for " + cron.duration() + " in " + cron.zone();
        }
        if (windows instanceof Windows.Daily daily) {
            String days = daily.days().isEmpty()
                    ? ""
                    : daily.days().stream()
                            .sorted()
                            .map(day -> day.name().substring(0, 3))
                            .collect(Collectors.joining(",", " ", ""));
            return daily.from() + " to " + daily.to() + days + " in " + daily.zone();
        }
        Windows.Once once = (Windows.Once) windows;
        String start = once.start().map(instant -> "from " + instant).orElse("");
        String end = once.end().map(instant -> "until " + instant).orElse("");
        return (start + " " + end).strip();
    }

    private static String describe(EventSubscription subscription) {
        String text = "`" + subscription.eventType() + "`";
        text += subscription.source().map(source -> " from `" + source + "`").orElse("");
        if (!subscription.where().isEmpty()) {
            text += subscription.where().stream()
                    .map(condition -> "`" + condition.path() + "` "
                            + condition.comparison().symbol() + " " + condition.value())
                    .collect(Collectors.joining(" and ", " with ", ""));
        }
        text += subscription
                .burst()
                .map(burst -> ", " + burst.atLeast() + " times within " + burst.within())
                .orElse("");
        return text + subscription.hold().map(hold -> ", held for " + hold).orElse("");
    }

    private static String globs(Collection<Glob> globs) {
        return globs.stream().map(glob -> "`" + glob + "`").sorted().collect(Collectors.joining(" or "));
    }

    private static String join(List<Trigger> triggers, String word) {
        return triggers.stream().map(TriggerText::describe).collect(Collectors.joining(word));
    }
}
