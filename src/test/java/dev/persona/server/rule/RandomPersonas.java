package dev.persona.server.rule;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import dev.persona.server.persona.Persona;
import dev.persona.server.trigger.Crontab;
import dev.persona.server.trigger.EventCondition;
import dev.persona.server.trigger.Glob;
import dev.persona.server.trigger.Trigger;
import dev.persona.server.trigger.Trigger.EventSubscription;
import dev.persona.server.trigger.Trigger.Threshold;
import dev.persona.server.trigger.Trigger.Threshold.Operator;
import dev.persona.server.trigger.Windows;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/** Random personas in a small world, so that they share triggers, metrics and parameters: seeded, hence repeatable. */
public final class RandomPersonas {
    public static final List<String> METRICS = List.of("m1", "m2", "m3");
    public static final List<String> EVENTS = List.of("alert", "deploy");
    public static final List<String> USERS = List.of("alice", "bob", "carol");
    public static final List<String> GROUPS = List.of("db", "web");
    private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

    private final SplittableRandom random;
    private final Instant around;

    /**
     * @param around near which windows open and close
     */
    public RandomPersonas(SplittableRandom random, Instant around) {
        this.random = random;
        this.around = around;
    }

    public Persona persona(String id, long revision) {
        SortedMap<String, JsonNode> parameters = new TreeMap<>();
        for (String name : List.of("cpu.weight", "io.weight", "memory.high")) {
            if (random.nextInt(2) == 0) {
                parameters.put(name, IntNode.valueOf(random.nextInt(1, 10)));
            }
        }
        TreeSet<String> groups = new TreeSet<>(Set.of(pick(GROUPS)));
        if (random.nextInt(3) == 0) {
            groups.add(pick(GROUPS));
        }
        List<Trigger> activation = triggers(random.nextInt(1, 4));
        List<Trigger> deactivation = triggers(random.nextInt(3));
        return new Persona(
                id,
                id,
                "",
                groups,
                random.nextInt(1, 4),
                random.nextInt(20) != 0,
                parameters,
                activation,
                deactivation,
                random.nextInt(3) == 0 ? seconds(30) : Duration.ZERO,
                random.nextInt(3) == 0 ? seconds(30) : Duration.ZERO,
                revision,
                EPOCH,
                EPOCH);
    }

    private List<Trigger> triggers(int count) {
        List<Trigger> triggers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            triggers.add(trigger(2));
        }
        return triggers;
    }

    public Trigger trigger(int depth) {
        return switch (depth == 0 ? 10 : random.nextInt(14)) {
            case 0 -> new Trigger.All(List.of(trigger(depth - 1), trigger(depth - 1)));
            case 1 -> new Trigger.Any(List.of(trigger(depth - 1), trigger(depth - 1)));
            case 2 -> new Trigger.Not(trigger(depth - 1));
            default -> leaf();
        };
    }

    private Trigger.Leaf leaf() {
        return switch (random.nextInt(9)) {
            case 0, 1, 2, 3 -> threshold();
            case 4 -> new Trigger.Schedule(windows());
            case 5, 6, 7 -> event();
            default ->
                new Trigger.UserProfile(
                        random.nextBoolean() ? Set.of(new Glob(pick(USERS).charAt(0) + "*")) : Set.of(),
                        random.nextBoolean() ? Set.of(new Glob("wheel")) : Set.of(new Glob("dba")));
        };
    }

    private Threshold threshold() {
        Operator operator = Operator.values()[random.nextInt(Operator.values().length)];
        double value = random.nextInt(2, 5) / 4.0;
        double clearValue = value;
        if (random.nextBoolean()) {
            clearValue = switch (operator) {
                case GREATER, GREATER_OR_EQUAL -> value - 0.25;
                case LESS, LESS_OR_EQUAL -> value + 0.25;
                case EQUAL, NOT_EQUAL -> value;
            };
        }
        return new Threshold(
                pick(METRICS),
                operator,
                value,
                random.nextBoolean() ? Duration.ZERO : seconds(30),
                clearValue,
                random.nextBoolean() ? Duration.ZERO : seconds(30));
    }

    private EventSubscription event() {
        return new EventSubscription(
                pick(EVENTS),
                random.nextInt(3) == 0 ? Optional.of(new Glob("/a*")) : Optional.empty(),
                random.nextInt(3) == 0
                        ? List.of(new EventCondition("/score", Operator.GREATER, IntNode.valueOf(random.nextInt(10))))
                        : List.of(),
                random.nextInt(3) == 0 ? Optional.empty() : Optional.of(seconds(40)),
                random.nextInt(3) == 0
                        ? Optional.of(new EventSubscription.Burst(random.nextInt(1, 4), seconds(30)))
                        : Optional.empty());
    }

    private Windows windows() {
        ZoneId zone = ZoneId.of(pick(List.of("UTC", "Europe/Berlin", "Asia/Kolkata")));
        return switch (random.nextInt(3)) {
            case 0 ->
                new Windows.Cron(
                        Crontab.parse(pick(List.of("* * * * *", "*/2 * * * *", "5-59/3 * * * 1-5", "30 2 * * *"))),
                        seconds(90),
                        zone);
            case 1 -> {
                LocalTime from = around.plus(seconds(200)).atZone(zone).toLocalTime();
                yield new Windows.Daily(
                        from,
                        from.plusSeconds(random.nextInt(200)),
                        random.nextBoolean() ? Set.of() : EnumSet.of(DayOfWeek.of(random.nextInt(1, 8))),
                        zone);
            }
            default ->
                new Windows.Once(
                        Optional.of(around.plus(seconds(100))),
                        Optional.of(around.plusSeconds(101).plus(seconds(200))));
        };
    }

    /** A whole number of seconds from one on, so that things coincide often. */
    private Duration seconds(int bound) {
        return Duration.ofSeconds(random.nextInt(1, bound));
    }

    private <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
