package dev.persona.server.decision;

import dev.persona.server.persona.Persona;
import dev.persona.server.rule.Activation;
import dev.persona.server.rule.Event;
import dev.persona.server.rule.Instance;
import dev.persona.server.rule.Metric;
import dev.persona.server.rule.Moment;
import dev.persona.server.rule.Policy;
import dev.persona.server.rule.RuleFacts;
import dev.persona.server.rule.UserSession;
import dev.persona.server.rule.Window;
import dev.persona.server.trigger.LeafState;
import dev.persona.server.trigger.Sample;
import dev.persona.server.trigger.Trigger;
import dev.persona.server.trigger.Trigger.Leaf;
import dev.persona.server.trigger.Trigger.Schedule;
import dev.persona.server.trigger.TriggerText;
import dev.persona.server.trigger.Truth;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/** The facts that custom rules look at, each type made when it is asked for; the same facts are always in one order. */
final class RawFacts implements RuleFacts {
    private final Instance instance;
    private final Policy policy;
    private final Function<Leaf, LeafState> states;
    private final Observations observations;
    private final Map<String, Instant> active;
    private final Instant at;
    private final Moment moment;
    private final Map<Class<?>, List<?>> made = new HashMap<>();

    /** @param active the personas that rules see active, and since when those are */
    RawFacts(
            String instanceId,
            Policy policy,
            Function<Leaf, LeafState> states,
            Observations observations,
            Map<String, Instant> active,
            Instant at) {
        this.instance = new Instance(instanceId, policy.groups());
        this.at = at;
        this.policy = policy;
        this.states = states;
        this.observations = observations;
        this.active = active;
        this.moment = new Moment(at);
    }

    @Override
    public Instance instance() {
        return instance;
    }

    @Override
    public Instant at() {
        return at;
    }

    @Override
    public boolean isSubjectTo(String personaId) {
        return policy.contains(personaId);
    }

    @Override
    public List<?> of(Class<?> type) {
        List<?> facts = made.get(type);
        if (facts == null) {
            facts = make(type).toList();
            made.put(type, facts);
        }
        return facts;
    }

    /** When the facts that were asked for will be others by time alone. */
    Optional<Instant> nextChange() {
        return moment.next();
    }

    private Stream<?> make(Class<?> type) {
        if (type == Instance.class) {
            return Stream.of(instance);
        }
        if (type == Metric.class) {
            return metrics();
        }
        if (type == Window.class) {
            return policy.personas().stream().flatMap(this::windows);
        }
        if (type == Event.class) {
            return events();
        }
        if (type == UserSession.class) {
            return observations
                    .users()
                    .map(user -> new UserSession(user.name(), user.groups()))
                    .sorted(Comparator.comparing(UserSession::name)
                            .thenComparing(user -> new TreeSet<>(user.groups()).toString()));
        }
        if (type == Activation.class) {
            return policy.personas().stream().flatMap(this::activation);
        }
        throw new IllegalArgumentException("`" + type + "` is no fact");
    }

    private Stream<Metric> metrics() {
        Map<String, Sample> fresh = new TreeMap<>(observations.fresh(at));
        fresh.values().forEach(sample -> moment.hasCome(sample.staleAt()));
        return fresh.entrySet().stream()
                .map(entry -> new Metric(
                        entry.getKey(),
                        entry.getValue().value(),
                        entry.getValue().at(),
                        moment));
    }

    private Stream<Event> events() {
        return observations.events().stream()
                .sorted(Comparator.comparing(event -> new TreeMap<>(event.attributes()) + "\n" + event.data()))
                .map(event -> new Event(
                        event.attributes().getOrDefault("type", ""),
                        event.attributes().getOrDefault("source", ""),
                        event.attributes(),
                        event.data()));
    }

    private Stream<Activation> activation(Persona persona) {
        return Stream.ofNullable(active.get(persona.personaId()))
                .map(since -> new Activation(persona.personaId(), persona.priority(), since, moment));
    }

    private Stream<Window> windows(Persona persona) {
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
