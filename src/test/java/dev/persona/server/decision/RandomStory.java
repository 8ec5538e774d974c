package dev.persona.server.decision;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.persona.server.persona.Persona;
import dev.persona.server.rule.RandomPersonas;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Makes random stories: seeded, hence repeatable. */
public final class RandomStory {
    /** A common morning, and two at which clocks in Berlin change within the story. */
    private static final List<Instant> STARTS = List.of(
            Instant.parse("2026-03-02T07:59:00Z"),
            Instant.parse("2026-03-29T00:59:00Z"),
            Instant.parse("2026-10-25T00:59:00Z"),
            Instant.parse("2026-10-25T00:29:00Z"),
            Instant.parse("2026-12-31T23:59:00Z"));

    private static final int SECONDS = 150;

    private final SplittableRandom random;
    private final Instant start;
    private final RandomPersonas personas;

    public RandomStory(SplittableRandom random) {
        this.random = random;
        this.start = STARTS.get(random.nextInt(STARTS.size()));
        this.personas = new RandomPersonas(random, start);
    }

    Story story() {
        List<Persona> current = new ArrayList<>();
        for (int i = 0; i < random.nextInt(1, 6); i++) {
            current.add(personas.persona("p" + i, 1));
        }
        Story.Subject subject = new Story.Subject(groups(), current);
        SortedMap<Instant, Story.Batch> batches = new TreeMap<>();
        Story.Subject latest = subject;
        int count = random.nextInt(2, 40);
        Set<Integer> seconds = new HashSet<>();
        for (int i = 0; i < count; i++) {
            seconds.add(random.nextInt(SECONDS));
        }
        for (int second : seconds.stream().sorted().toList()) {
            Instant at = start.plusSeconds(second);
            Optional<Story.Subject> changed = Optional.empty();
            if (random.nextInt(12) == 0) {
                latest = changed(latest);
                changed = Optional.of(latest);
            }
            Optional<Input.StandingOrders> orders = random.nextInt(8) == 0 ? Optional.of(orders(at)) : Optional.empty();
            batches.put(at, new Story.Batch(changed, orders, inputs()));
        }
        return new Story(seconds(40), subject, start, start.plusSeconds(SECONDS + 60), batches);
    }

    private Set<String> groups() {
        return random.nextInt(4) == 0
                ? Set.copyOf(RandomPersonas.GROUPS)
                : Set.of(RandomPersonas.GROUPS.get(random.nextInt(RandomPersonas.GROUPS.size())));
    }

    private Story.Subject changed(Story.Subject before) {
        if (random.nextInt(3) == 0) {
            return new Story.Subject(groups(), before.personas());
        }
        List<Persona> all = new ArrayList<>(before.personas());
        Persona old = all.remove(random.nextInt(all.size()));
        if (random.nextInt(4) != 0 || all.isEmpty()) {
            Persona other = personas.persona(old.personaId(), old.revision() + 1);
            boolean sameTriggers = random.nextBoolean();
            all.add(new Persona(
                    other.personaId(),
                    other.personaName(),
                    other.description(),
                    sameTriggers ? old.personaGroups() : other.personaGroups(),
                    other.priority(),
                    other.enabled(),
                    other.configurationParameters(),
                    sameTriggers ? old.activationTriggers() : other.activationTriggers(),
                    other.deactivationTriggers(),
                    other.minimumActive(),
                    other.cooldown(),
                    other.revision(),
                    other.createdAt(),
                    other.updatedAt()));
        }
        return new Story.Subject(before.groups(), all);
    }

    private Input.StandingOrders orders(Instant at) {
        List<Input.Pin> pins = new ArrayList<>();
        for (int i = 0; i < random.nextInt(3); i++) {
            Instant since = at.plusSeconds(random.nextInt(-20, 20));
            pins.add(new Input.Pin("p" + random.nextInt(5), "by", "reason", since, until(since)));
        }
        Optional<Input.Hold> hold =
                random.nextInt(4) == 0 ? Optional.of(new Input.Hold("by", "reason", at, until(at))) : Optional.empty();
        return new Input.StandingOrders(pins, hold);
    }

    private Optional<Instant> until(Instant since) {
        return random.nextBoolean() ? Optional.empty() : Optional.of(since.plus(seconds(60)));
    }

    /** What an instance may tell at one instant. */
    public List<Input> inputs() {
        List<Input> inputs = new ArrayList<>();
        for (int i = 0; i < random.nextInt(3); i++) {
            Map<String, Double> metrics = new HashMap<>();
            RandomPersonas.METRICS.forEach(metric -> {
                if (random.nextInt(3) != 0) {
                    metrics.put(metric, random.nextInt(6) / 4.0);
                }
            });
            inputs.add(new Input.Metrics(metrics));
        }
        if (random.nextInt(5) == 0) {
            inputs.add(new Input.Users(new HashSet<>(List.of(user(), user()))));
        }
        int events = random.nextBoolean() ? random.nextInt(1, 4) : 0;
        for (int i = 0; i < events; i++) {
            inputs.add(event());
        }
        return inputs;
    }

    private Input.User user() {
        return new Input.User(
                RandomPersonas.USERS.get(random.nextInt(RandomPersonas.USERS.size())),
                random.nextInt(3) == 0 ? Set.of("wheel") : random.nextInt(3) == 0 ? Set.of("dba") : Set.of());
    }

    private Input.Event event() {
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        String type = RandomPersonas.EVENTS.get(random.nextInt(RandomPersonas.EVENTS.size()));
        switch (random.nextInt(4)) {
            case 0 -> {
                Input.User user = user();
                type = random.nextBoolean() ? "user.login" : "user.logout";
                data.put("user", user.name());
                user.groups().forEach(data.putArray("groups")::add);
            }
            case 1 -> data.put("score", random.nextInt(10));
            default -> {}
        }
        return new Input.Event(Map.of("type", type, "source", random.nextBoolean() ? "/a/1" : "/b"), data);
    }

    private Duration seconds(int bound) {
        return Duration.ofSeconds(random.nextInt(1, bound));
    }
}
