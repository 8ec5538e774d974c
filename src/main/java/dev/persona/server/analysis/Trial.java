package dev.persona.server.analysis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.persona.server.analysis.Possibility.Possible;
import dev.persona.server.decision.Decision;
import dev.persona.server.decision.Explanation;
import dev.persona.server.decision.Input;
import dev.persona.server.decision.InstanceMachine;
import dev.persona.server.persona.Persona;
import dev.persona.server.rule.Policy;
import dev.persona.server.trigger.Trigger.EventSubscription;
import dev.persona.server.trigger.Trigger.EventSubscription.Burst;
import dev.persona.server.trigger.Trigger.UserProfile;
import dev.persona.server.trigger.Truth;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A story of one instance, made up to show something: told to the engine, and to people as a scenario.
 *
 * <p>It is a row of scenes, in each of which the metrics stay what they are and are reported again and again; events
 * arrive and users are there at the last instant of a scene.
 *
 * @param staleAfter chosen so that long scenes take few reports
 */
record Trial(List<Persona> personas, String group, Duration staleAfter, List<Scene> scenes) {
    /** Scenes that last longer aren't played. */
    static final Duration LONGEST = Duration.ofDays(366);

    private static final Duration STALE_AFTER = Duration.ofSeconds(30);
    private static final int REPORTS = 100;

    /**
     * A time in which the metrics don't change.
     *
     * @param users who are logged in at its end
     * @param events that arrive at its end
     */
    record Scene(
            Instant from, Instant to, Map<String, Double> metrics, List<Input.User> users, List<Input.Event> events) {
        /** The facts that were found possible; empty where no event is found that fits. */
        static Optional<Scene> of(Instant from, Instant to, Possible facts) {
            List<Input.User> users = new ArrayList<>();
            List<Input.Event> events = new ArrayList<>();
            for (var entry : facts.truths().entrySet()) {
                if (entry.getValue() != Truth.TRUE) {
                    continue;
                }
                if (entry.getKey() instanceof UserProfile profile) {
                    users.add(user(profile));
                } else if (entry.getKey() instanceof EventSubscription subscription) {
                    Optional<Input.Event> event = EventExample.of(subscription);
                    if (event.isEmpty()) {
                        return Optional.empty();
                    }
                    int count = subscription.burst().map(Burst::atLeast).orElse(1);
                    for (int i = 0; i < count; i++) {
                        events.add(event.get());
                    }
                }
            }
            return Optional.of(new Scene(from, to, new TreeMap<>(facts.values()), users, events));
        }

        private static Input.User user(UserProfile profile) {
            return profile.users().stream()
                    .map(EventExample::text)
                    .min(String::compareTo)
                    .map(name -> new Input.User(name, Set.of()))
                    .orElseGet(() -> new Input.User(
                            "somebody",
                            Set.of(profile.groups().stream()
                                    .map(EventExample::text)
                                    .min(String::compareTo)
                                    .orElseThrow())));
        }
    }

    /**
     * What came of it.
     *
     * @param decisions all that were made
     * @param end the explanation of the last instant
     */
    record Ending(List<Decision> decisions, Explanation end) {}

    static Trial of(List<Persona> personas, String group, List<Scene> scenes) {
        Duration longest = scenes.stream()
                .map(scene -> Duration.between(scene.from(), scene.to()))
                .max(Duration::compareTo)
                .orElseThrow();
        Duration needed = Duration.ofSeconds(longest.toSeconds() * 3 / REPORTS);
        return new Trial(personas, group, needed.compareTo(STALE_AFTER) > 0 ? needed : STALE_AFTER, scenes);
    }

    Instant end() {
        return scenes.get(scenes.size() - 1).to();
    }

    /** Tells the story to the engine. */
    Ending play() {
        Policy policy = Policy.compile(Set.of(group), personas, List.of());
        InstanceMachine machine = new InstanceMachine(
                "example", staleAfter, policy, Optional.empty(), scenes.get(0).from());
        List<Decision> decisions = new ArrayList<>();
        for (Scene scene : scenes) {
            for (Instant at = scene.from(); at.isBefore(scene.to()); at = at.plus(interval())) {
                decisions.addAll(machine.advance(at, List.of(new Input.Metrics(scene.metrics()))));
            }
            List<Input> inputs = new ArrayList<>(scene.events());
            inputs.add(new Input.Metrics(scene.metrics()));
            inputs.add(new Input.Users(new HashSet<>(scene.users())));
            decisions.addAll(machine.advance(scene.to(), inputs));
        }
        return new Ending(decisions, machine.explanation());
    }

    private Duration interval() {
        return staleAfter.dividedBy(3);
    }

    /** The last instant, what is seen at it, and the scenario to run again. */
    JsonNode witness() {
        Scene last = scenes.get(scenes.size() - 1);
        ObjectNode witness = JsonNodeFactory.instance.objectNode().put("at", end().toString());
        if (!last.metrics().isEmpty()) {
            last.metrics().forEach(witness.putObject("metrics")::put);
        }
        if (!last.users().isEmpty()) {
            witness.set("users", users(last));
        }
        if (!last.events().isEmpty()) {
            ArrayNode events = witness.putArray("events");
            last.events().forEach(event -> events.add(event(event)));
        }
        witness.set("scenario", scenario());
        return witness;
    }

    private ObjectNode scenario() {
        Instant start = scenes.get(0).from();
        ObjectNode scenario = JsonNodeFactory.instance.objectNode();
        ArrayNode ids = scenario.putArray("persona_ids");
        personas.forEach(persona -> ids.add(persona.personaId()));
        ObjectNode instance = scenario.putObject("instance");
        instance.putObject("tags").put("persona_group", group);
        instance.put("stale_after", staleAfter.toString());
        scenario.put("start", start.toString());
        ArrayNode timeline = scenario.putArray("timeline");
        for (Scene scene : scenes) {
            Duration lasting = Duration.between(scene.from(), scene.to());
            if (!lasting.isZero() && !scene.metrics().isEmpty()) {
                long times = (lasting.toNanos() - 1) / interval().toNanos() + 1;
                ObjectNode reports = timeline.addObject()
                        .put("at", Duration.between(start, scene.from()).toString())
                        .put("every", interval().toString())
                        .put("times", times);
                scene.metrics().forEach(reports.putObject("metrics")::put);
            }
            String at = Duration.between(start, scene.to()).toString();
            ObjectNode end = timeline.addObject().put("at", at);
            if (!scene.metrics().isEmpty()) {
                scene.metrics().forEach(end.putObject("metrics")::put);
            }
            end.set("users", users(scene));
            scene.events().forEach(event -> timeline.addObject().put("at", at).set("event", event(event)));
        }
        return scenario;
    }

    private static ObjectNode event(Input.Event event) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        event.attributes().forEach(json::put);
        if (!event.data().isEmpty()) {
            json.set("data", event.data());
        }
        return json;
    }

    private static ArrayNode users(Scene scene) {
        ArrayNode users = JsonNodeFactory.instance.arrayNode();
        for (Input.User user : scene.users()) {
            ObjectNode json = users.addObject().put("name", user.name());
            user.groups().forEach(json.putArray("groups")::add);
        }
        return users;
    }
}
