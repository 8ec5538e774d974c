package dev.persona.server.trigger;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.persona.server.trigger.Trigger.All;
import dev.persona.server.trigger.Trigger.Any;
import dev.persona.server.trigger.Trigger.EventSubscription;
import dev.persona.server.trigger.Trigger.Not;
import dev.persona.server.trigger.Trigger.Schedule;
import dev.persona.server.trigger.Trigger.Threshold;
import dev.persona.server.trigger.Trigger.UserProfile;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Writes triggers as canonical JSON: equal triggers give equal text, and {@link TriggerReader} makes the same trigger
 * of it whatever its default time zone.
 */
public final class TriggerWriter {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private TriggerWriter() {}

    public static ObjectNode write(Trigger trigger) {
        if (trigger instanceof Threshold threshold) {
            return threshold(threshold);
        }
        if (trigger instanceof Schedule schedule) {
            return schedule(schedule.windows());
        }
        if (trigger instanceof EventSubscription subscription) {
            return event(subscription);
        }
        if (trigger instanceof UserProfile profile) {
            ObjectNode json = JSON.objectNode().put("type", TriggerReader.USER);
            globs(json, "users", profile.users());
            globs(json, "groups", profile.groups());
            return json;
        }
        if (trigger instanceof All all) {
            return JSON.objectNode().set("all", list(all.triggers()));
        }
        if (trigger instanceof Any any) {
            return JSON.objectNode().set("any", list(any.triggers()));
        }
        return JSON.objectNode().set("not", write(((Not) trigger).trigger()));
    }

    private static ObjectNode threshold(Threshold threshold) {
        ObjectNode json = JSON.objectNode()
                .put("type", TriggerReader.THRESHOLD)
                .put("metric", threshold.metric())
                .put("operator", threshold.operator().symbol())
                .put("value", threshold.value());
        duration(json, "for", threshold.heldFor());
        if (threshold.clearValue() != threshold.value()) {
            json.put("clear_value", threshold.clearValue());
        }
        duration(json, "clear_for", threshold.clearFor());
        return json;
    }

    private static ObjectNode schedule(Windows windows) {
        ObjectNode json = JSON.objectNode().put("type", TriggerReader.SCHEDULE);
        if (windows instanceof Windows.Cron cron) {
            return json.put("cron", cron.crontab().toString())
                    .put("duration", cron.duration().toString())
                    .put("timezone", cron.zone().getId());
        }
        if (windows instanceof Windows.Daily daily) {
            json.put("from", daily.from().toString()).put("to", daily.to().toString());
            if (!daily.days().isEmpty()) {
                ArrayNode days = json.putArray("days");
                daily.days().stream()
                        .sorted()
                        .forEach(day -> days.add(day.name().substring(0, 3)));
            }
            return json.put("timezone", daily.zone().getId());
        }
        Windows.Once once = (Windows.Once) windows;
        once.start().ifPresent(start -> json.put("start", start.toString()));
        once.end().ifPresent(end -> json.put("end", end.toString()));
        return json;
    }

    private static ObjectNode event(EventSubscription subscription) {
        ObjectNode json =
                JSON.objectNode().put("type", TriggerReader.EVENT).put("event_type", subscription.eventType());
        subscription.source().ifPresent(source -> json.put("source", source.pattern()));
        if (!subscription.where().isEmpty()) {
            ObjectNode where = json.putObject("where");
            subscription.where().forEach(condition -> where.withObjectProperty(condition.path())
                    .set(condition.comparison().symbol(), condition.value()));
        }
        subscription.hold().ifPresent(hold -> json.put("hold", hold.toString()));
        subscription.burst().ifPresent(burst -> json.put("at_least", burst.atLeast())
                .put("within", burst.within().toString()));
        return json;
    }

    private static ArrayNode list(List<Trigger> triggers) {
        ArrayNode array = JSON.arrayNode();
        triggers.forEach(trigger -> array.add(write(trigger)));
        return array;
    }

    private static void duration(ObjectNode json, String field, Duration duration) {
        if (!duration.isZero()) {
            json.put(field, duration.toString());
        }
    }

    private static void globs(ObjectNode json, String field, Set<Glob> globs) {
        if (!globs.isEmpty()) {
            ArrayNode array = json.putArray(field);
            sorted(globs).forEach(array::add);
        }
    }

    private static Collection<String> sorted(Set<Glob> globs) {
        return globs.stream().map(Glob::pattern).sorted().toList();
    }
}
