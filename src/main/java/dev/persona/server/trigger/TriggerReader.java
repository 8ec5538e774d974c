package dev.persona.server.trigger;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.server.platform.Faults;
import dev.persona.server.platform.JsonFields;
import dev.persona.server.trigger.Trigger.All;
import dev.persona.server.trigger.Trigger.Any;
import dev.persona.server.trigger.Trigger.EventSubscription;
import dev.persona.server.trigger.Trigger.EventSubscription.Burst;
import dev.persona.server.trigger.Trigger.Not;
import dev.persona.server.trigger.Trigger.Schedule;
import dev.persona.server.trigger.Trigger.Threshold;
import dev.persona.server.trigger.Trigger.Threshold.Operator;
import dev.persona.server.trigger.Trigger.UserProfile;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads triggers from JSON, finding all faults at once.
 *
 * <p>All, any and not are written in short ({@code {"all": [...]}}, {@code {"not": {...}}}) or with a type
 * ({@code {"type": "all", "triggers": [...]}}, {@code {"type": "not", "trigger": {...}}}).
 */
public final class TriggerReader {
    /** How deep triggers may be nested; a trigger that contains no other has depth 1. */
    public static final int MAXIMUM_DEPTH = 8;
    /** How many triggers one may contain, itself included. */
    public static final int MAXIMUM_SIZE = 256;

    static final int MAXIMUM_CONDITIONS = 32;
    static final int MAXIMUM_NAMES = 100;
    static final int MAXIMUM_LENGTH = 255;
    static final int MAXIMUM_BURST = 1_000;

    static final String THRESHOLD = "resource_utilization_thresholds";
    static final String SCHEDULE = "time_schedule";
    static final String EVENT = "external_event_subscriptions";
    static final String USER = "user_profile_association";

    private static final Pattern METRIC = Pattern.compile("[\\p{Graph}&&[^`\"\\\\]]+");
    private static final Pattern ATTRIBUTE = Pattern.compile("[a-z0-9]+");
    private static final Pattern POINTER = Pattern.compile("(/([^/~]|~[01])*)+");

    private final ZoneId defaultZone;

    /**
     * @param defaultZone where schedules are that name no time zone
     */
    public TriggerReader(ZoneId defaultZone) {
        this.defaultZone = defaultZone;
    }

    /**
     * Reads one trigger.
     *
     * @param pointer JSON pointer of the node within its document
     * @return empty if and only if faults were added
     */
    public Optional<Trigger> read(JsonNode node, String pointer, Faults faults) {
        Faults own = new Faults();
        Optional<Trigger> trigger = new Reading().trigger(node, pointer, own, 1);
        own.list().forEach(fault -> faults.add(fault.pointer(), fault.detail()));
        return own.isEmpty() ? trigger : Optional.empty();
    }

    /** The reading of one trigger with all that it contains. */
    private final class Reading {
        private int size;

        Optional<Trigger> trigger(JsonNode node, String pointer, Faults faults, int depth) {
            if (depth > MAXIMUM_DEPTH) {
                faults.add(pointer, "is nested deeper than " + MAXIMUM_DEPTH + " triggers; flatten it");
                return Optional.empty();
            }
            if (++size > MAXIMUM_SIZE) {
                if (size == MAXIMUM_SIZE + 1) {
                    faults.add(pointer, "is one trigger too many; at most " + MAXIMUM_SIZE + " fit into one");
                }
                return Optional.empty();
            }
            return JsonFields.of(node, pointer, faults).flatMap(fields -> {
                Optional<Trigger> trigger = ofType(fields, node, depth);
                trigger.ifPresent(read -> fields.refuseUnknown());
                return trigger;
            });
        }

        private Optional<Trigger> ofType(JsonFields fields, JsonNode node, int depth) {
            if (!node.has("type")) {
                for (String shortForm : List.of("all", "any", "not")) {
                    if (node.has(shortForm)) {
                        return composite(fields, shortForm, shortForm, depth);
                    }
                }
            }
            fields.require("type");
            return fields.text("type").flatMap(type -> switch (type) {
                case THRESHOLD -> Optional.of(threshold(fields));
                case SCHEDULE -> Optional.of(schedule(fields));
                case EVENT -> Optional.of(event(fields));
                case USER -> Optional.of(user(fields));
                case "all", "any" -> composite(fields, type, "triggers", depth);
                case "not" -> composite(fields, type, "trigger", depth);
                default -> {
                    fields.check(
                            "type",
                            false,
                            "is `" + type + "`, but must be one of `" + THRESHOLD + "`, `" + SCHEDULE + "`, `" + EVENT
                                    + "`, `" + USER + "`, `all`, `any`, `not`");
                    yield Optional.empty();
                }
            });
        }

        private Optional<Trigger> composite(JsonFields fields, String type, String field, int depth) {
            fields.require(field);
            if (type.equals("not")) {
                return fields.node(field)
                        .flatMap(node -> trigger(node, fields.pointer(field), fields.faults(), depth + 1))
                        .map(Not::new);
            }
            List<JsonNode> elements = fields.elements(field, MAXIMUM_SIZE);
            if (fields.node(field).filter(JsonNode::isArray).isPresent()) {
                fields.check(field, !fields.node(field).orElseThrow().isEmpty(), "is empty; name at least one trigger");
            }
            List<Trigger> triggers = new ArrayList<>();
            for (int i = 0; i < elements.size(); i++) {
                String pointer = JsonFields.child(fields.pointer(field), Integer.toString(i));
                trigger(elements.get(i), pointer, fields.faults(), depth + 1).ifPresent(triggers::add);
            }
            return Optional.of(type.equals("all") ? new All(triggers) : new Any(triggers));
        }
    }

    // Below, what is missing or faulty is replaced by something harmless: read() drops the trigger then.

    private static Threshold threshold(JsonFields fields) {
        String metric = name(fields, "metric").orElse("");
        fields.check(
                "metric",
                metric.isEmpty() || METRIC.matcher(metric).matches(),
                "must be a metric's name without blanks, quotes and backslashes");
        fields.require("operator");
        Optional<Operator> operator = fields.text("operator").flatMap(symbol -> operator(fields, "operator", symbol));
        fields.require("value");
        double value = number(fields, "value").orElse(0.0);
        Duration heldFor = fields.duration("for").orElse(Duration.ZERO);
        Optional<Double> clearValue = number(fields, "clear_value");
        Duration clearFor = fields.duration("clear_for").orElse(Duration.ZERO);
        clearValue.ifPresent(clear -> operator.ifPresent(known -> checkBand(fields, known, value, clear)));
        return new Threshold(
                metric, operator.orElse(Operator.EQUAL), value, heldFor, clearValue.orElse(value), clearFor);
    }

    private static void checkBand(JsonFields fields, Operator operator, double value, double clearValue) {
        switch (operator) {
            case GREATER, GREATER_OR_EQUAL ->
                fields.check(
                        "clear_value",
                        clearValue <= value,
                        "must not be above `value` with operator `" + operator.symbol() + "`");
            case LESS, LESS_OR_EQUAL ->
                fields.check(
                        "clear_value",
                        clearValue >= value,
                        "must not be below `value` with operator `" + operator.symbol() + "`");
            case EQUAL, NOT_EQUAL ->
                fields.check("clear_value", false, "goes with `>`, `>=`, `<` and `<=` only; leave it out");
        }
    }

    private Schedule schedule(JsonFields fields) {
        ZoneId zone =
                fields.text("timezone").flatMap(name -> zone(fields, name)).orElse(defaultZone);
        List<String> forms = Stream.of("cron", "from", "start")
                .filter(field -> Stream.of(field, partner(field))
                                .filter(name -> fields.node(name).isPresent())
                                .count()
                        > 0)
                .toList();
        if (forms.size() != 1) {
            fields.faults()
                    .add(
                            fields.pointer(),
                            "must have either `cron` and `duration`, or `from` and `to`, or `start` and/or `end`");
            fields.node("days");
            return new Schedule(new Windows.Once(Optional.empty(), Optional.empty()));
        }
        return new Schedule(
                switch (forms.get(0)) {
                    case "cron" -> cron(fields, zone);
                    case "from" -> daily(fields, zone);
                    default -> once(fields);
                });
    }

    private static String partner(String field) {
        return switch (field) {
            case "cron" -> "duration";
            case "from" -> "to";
            default -> "end";
        };
    }

    private static Windows cron(JsonFields fields, ZoneId zone) {
        fields.require("cron");
        fields.require("duration");
        Optional<Crontab> crontab = fields.text("cron").flatMap(text -> {
            try {
                return Optional.of(Crontab.parse(text));
            } catch (IllegalArgumentException e) {
                fields.check("cron", false, e.getMessage());
                return Optional.empty();
            }
        });
        return new Windows.Cron(
                crontab.orElseGet(() -> Crontab.parse("* * * * *")),
                positive(fields, "duration").orElse(Duration.ofMinutes(1)),
                zone);
    }

    private static Windows daily(JsonFields fields, ZoneId zone) {
        fields.require("from");
        fields.require("to");
        LocalTime from = time(fields, "from").orElse(LocalTime.MIN);
        LocalTime to = time(fields, "to").orElse(LocalTime.MIN);
        return new Windows.Daily(from, to, days(fields), zone);
    }

    private static Windows once(JsonFields fields) {
        Optional<Instant> start = fields.instant("start");
        Optional<Instant> end = fields.instant("end");
        fields.check(
                "end", start.isEmpty() || end.isEmpty() || start.get().isBefore(end.get()), "must be after `start`");
        return new Windows.Once(start, end);
    }

    /** A list of days ({@code ["MON", "TUE"]}), or text as in crontab's last field ({@code "MON-FRI"}). */
    private static Set<DayOfWeek> days(JsonFields fields) {
        Optional<JsonNode> node = fields.node("days");
        if (node.isEmpty()) {
            return Set.of();
        }
        List<String> texts =
                node.get().isTextual() ? List.of(node.get().textValue()) : fields.texts("days", MAXIMUM_NAMES);
        boolean empty = node.get().isArray() && node.get().isEmpty();
        fields.check("days", !empty, "is empty; name at least one day or leave it out");
        Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
        for (String text : texts) {
            try {
                days.addAll(Crontab.daysOfWeek(text));
            } catch (IllegalArgumentException e) {
                fields.check("days", false, e.getMessage());
            }
        }
        return days;
    }

    private static EventSubscription event(JsonFields fields) {
        String eventType = name(fields, "event_type").orElse("");
        Optional<Glob> source = fields.text("source", MAXIMUM_LENGTH).map(Glob::new);
        Optional<Duration> hold = positive(fields, "hold");
        Optional<Integer> atLeast = fields.integer("at_least", 1, MAXIMUM_BURST);
        Optional<Duration> within = positive(fields, "within");
        boolean both =
                fields.node("at_least").isPresent() == fields.node("within").isPresent();
        fields.check(
                fields.node("at_least").isPresent() ? "at_least" : "within",
                both,
                "must come together with the other of `at_least` and `within`");
        return new EventSubscription(
                eventType,
                source,
                conditions(fields),
                hold,
                atLeast.flatMap(count -> within.map(time -> new Burst(count, time))));
    }

    private static List<EventCondition> conditions(JsonFields fields) {
        List<EventCondition> conditions = new ArrayList<>();
        fields.object("where").ifPresent(where -> {
            for (Map.Entry<String, JsonNode> entry :
                    fields.node("where").orElseThrow().properties()) {
                String path = entry.getKey();
                where.node(path);
                if (path.length() > MAXIMUM_LENGTH) {
                    fields.check("where", false, "has a path longer than " + MAXIMUM_LENGTH + " characters");
                } else if (!POINTER.matcher(path).matches()
                        && !ATTRIBUTE.matcher(path).matches()) {
                    where.check(
                            path,
                            false,
                            "is neither an attribute's name (lower-case letters and digits) nor a JSON pointer into"
                                    + " the data (it begins with `/`)");
                } else if (entry.getValue().isObject()) {
                    comparisons(where, path, entry.getValue(), conditions);
                } else {
                    condition(where, path, Operator.EQUAL, entry.getValue()).ifPresent(conditions::add);
                }
            }
            fields.check(
                    "where",
                    conditions.size() <= MAXIMUM_CONDITIONS,
                    "has " + conditions.size() + " conditions; at most " + MAXIMUM_CONDITIONS + " are allowed");
        });
        return conditions.stream()
                .distinct()
                .sorted(Comparator.comparing(EventCondition::path)
                        .thenComparing(EventCondition::comparison)
                        .thenComparing(condition -> condition.value().toString()))
                .toList();
    }

    private static void comparisons(JsonFields where, String path, JsonNode object, List<EventCondition> conditions) {
        where.check(path, !object.isEmpty(), "is empty; write a value or a comparison such as `{\">\": 7}`");
        JsonFields.of(object, where.pointer(path), where.faults()).ifPresent(comparisons -> object.properties()
                .forEach(entry -> operator(comparisons, entry.getKey(), entry.getKey())
                        .flatMap(operator -> condition(comparisons, entry.getKey(), path, operator, entry.getValue()))
                        .ifPresent(conditions::add)));
    }

    private static Optional<EventCondition> condition(
            JsonFields where, String path, Operator operator, JsonNode value) {
        return condition(where, path, path, operator, value);
    }

    private static Optional<EventCondition> condition(
            JsonFields fields, String field, String path, Operator operator, JsonNode value) {
        boolean equality = operator == Operator.EQUAL || operator == Operator.NOT_EQUAL;
        boolean finite = value.isNumber() && Double.isFinite(value.doubleValue());
        boolean plain = value.isTextual() || value.isBoolean() || value.isNull();
        String expected = equality ? "a string, a finite number, a boolean or null" : "a finite number";
        if (!fields.check(field, finite || (equality && plain), "must be compared with " + expected)
                || !fields.check(
                        field,
                        value.asText().length() <= MAXIMUM_LENGTH,
                        "is compared with more than " + MAXIMUM_LENGTH + " characters; shorten it")) {
            return Optional.empty();
        }
        return Optional.of(new EventCondition(path, operator, value));
    }

    private static UserProfile user(JsonFields fields) {
        Set<Glob> users = globs(fields, "users");
        Set<Glob> groups = globs(fields, "groups");
        if (fields.node("users").isEmpty() && fields.node("groups").isEmpty()) {
            fields.faults().add(fields.pointer(), "must have `users` or `groups`");
        }
        return new UserProfile(users, groups);
    }

    private static Set<Glob> globs(JsonFields fields, String field) {
        List<String> texts = fields.texts(field, MAXIMUM_NAMES);
        boolean empty = fields.node(field)
                .filter(node -> node.isArray() && node.isEmpty())
                .isPresent();
        fields.check(field, !empty, "is empty; name at least one or leave it out");
        Set<Glob> globs = new HashSet<>();
        for (String text : texts) {
            if (fields.check(
                    field,
                    !text.isEmpty() && text.length() <= MAXIMUM_LENGTH,
                    "must hold names of 1 to " + MAXIMUM_LENGTH + " characters")) {
                globs.add(new Glob(text));
            }
        }
        return globs;
    }

    private static Optional<String> name(JsonFields fields, String field) {
        fields.require(field);
        return fields.text(field, MAXIMUM_LENGTH).filter(text -> fields.check(field, !text.isEmpty(), "is empty"));
    }

    /** A finite number, or a percentage such as {@code "80%"} as a ratio. */
    private static Optional<Double> number(JsonFields fields, String field) {
        return fields.node(field).flatMap(node -> {
            double number = Double.NaN;
            if (node.isNumber()) {
                number = node.doubleValue();
            } else if (node.isTextual() && node.textValue().matches("[+-]?[0-9]{1,15}(\\.[0-9]{1,15})?\\s?%")) {
                String percent = node.textValue().replace("%", "").strip();
                number = new BigDecimal(percent).movePointLeft(2).doubleValue();
            }
            // Adding zero turns -0.0 into 0.0: both compare alike, so both are one trigger.
            return fields.check(
                            field, Double.isFinite(number), "must be a finite number, or a percentage such as `80%`")
                    ? Optional.of(number + 0.0)
                    : Optional.empty();
        });
    }

    private static Optional<Operator> operator(JsonFields fields, String field, String symbol) {
        Optional<Operator> operator = Stream.of(Operator.values())
                .filter(known -> known.symbol().equals(symbol))
                .findFirst();
        fields.check(field, operator.isPresent(), "must be one of `>`, `>=`, `<`, `<=`, `==`, `!=`");
        return operator;
    }

    private static Optional<Duration> positive(JsonFields fields, String field) {
        return fields.duration(field)
                .filter(duration -> fields.check(field, !duration.isZero(), "must be longer than PT0S"));
    }

    private static Optional<LocalTime> time(JsonFields fields, String field) {
        return fields.text(field).flatMap(text -> {
            if (field.equals("to") && text.equals("24:00")) {
                return Optional.of(LocalTime.MIN);
            }
            try {
                return Optional.of(LocalTime.parse(text));
            } catch (DateTimeException e) {
                fields.check(field, false, "must be a local time such as `22:00`, but is `" + shown(text) + "`");
                return Optional.empty();
            }
        });
    }

    private static Optional<ZoneId> zone(JsonFields fields, String name) {
        try {
            return Optional.of(ZoneId.of(name));
        } catch (DateTimeException e) {
            fields.check(
                    "timezone",
                    false,
                    "must be an IANA time zone such as `Europe/Berlin`, but is `" + shown(name) + "`");
            return Optional.empty();
        }
    }

    private static String shown(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }
}
