package dev.persona.server.decision;

import dev.persona.server.persona.Persona;
import dev.persona.server.rule.Activation;
import dev.persona.server.rule.Event;
import dev.persona.server.rule.Instance;
import dev.persona.server.rule.Metric;
import dev.persona.server.rule.Policy;
import dev.persona.server.rule.UserSession;
import dev.persona.server.rule.Window;
import dev.persona.server.trigger.LeafState;
import dev.persona.server.trigger.Trigger;
import dev.persona.server.trigger.Trigger.Leaf;
import dev.persona.server.trigger.Trigger.Schedule;
import dev.persona.server.trigger.TriggerText;
import dev.persona.server.trigger.Truth;
import java.time.Instant;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/** The facts that custom rules look at. */
final class RawFacts {
    private RawFacts() {}

    static Iterable<Object> of(
            String instanceId,
            Policy policy,
            Function<Leaf, LeafState> states,
            Observations observations,
            Map<String, Tenure> tenures,
            Instant at) {
        Stream<Object> instance = Stream.of(new Instance(instanceId, policy.groups(), at));
        Stream<Object> metrics = observations.fresh(at).entrySet().stream()
                .map(entry -> new Metric(
                        entry.getKey(),
                        entry.getValue().value(),
                        entry.getValue().at()));
        Stream<Object> windows = policy.personas().stream().flatMap(persona -> windows(persona, states));
        Stream<Object> activations = policy.personas().stream()
                .flatMap(persona -> tenures.getOrDefault(persona.personaId(), Tenure.NEVER).since().stream()
                        .map(since -> new Activation(persona.personaId(), persona.priority(), since)));
        Stream<Object> events = observations.events().stream()
                .map(event -> new Event(
                        event.attributes().getOrDefault("type", ""),
                        event.attributes().getOrDefault("source", ""),
                        event.attributes(),
                        event.data()));
        Stream<Object> users = observations.users().map(user -> new UserSession(user.name(), user.groups()));
        return Stream.of(instance, metrics, windows, activations, events, users)
                .flatMap(Function.identity())
                .toList();
    }

    private static Stream<Object> windows(Persona persona, Function<Leaf, LeafState> states) {
        return Stream.concat(persona.activationTriggers().stream(), persona.deactivationTriggers().stream())
                .flatMap(Trigger::leaves)
                .filter(Schedule.class::isInstance)
                .distinct()
                .map(schedule -> new Window(
                        persona.personaId(),
                        TriggerText.describe(schedule),
                        states.apply(schedule).truth() == Truth.TRUE));
    }
}
