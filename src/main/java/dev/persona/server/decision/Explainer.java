package dev.persona.server.decision;

import dev.persona.server.decision.Explanation.ExplainedPersona;
import dev.persona.server.decision.Explanation.ExplainedTrigger;
import dev.persona.server.persona.Persona;
import dev.persona.server.trigger.EventState;
import dev.persona.server.trigger.LeafState;
import dev.persona.server.trigger.Sample;
import dev.persona.server.trigger.ScheduleState;
import dev.persona.server.trigger.Surroundings;
import dev.persona.server.trigger.ThresholdState;
import dev.persona.server.trigger.Trigger;
import dev.persona.server.trigger.Trigger.Leaf;
import dev.persona.server.trigger.TriggerWriter;
import dev.persona.server.trigger.Truth;
import dev.persona.server.trigger.UserState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Says in words and numbers why triggers are true, false or unknown at one instant. */
final class Explainer {
    /** Longer sentences are cut: a trigger may have hundreds of parts. */
    private static final int MAXIMUM_LENGTH = 2_000;

    private final Function<Leaf, LeafState> states;
    private final Surroundings surroundings;
    private final Instant at;

    Explainer(Function<Leaf, LeafState> states, Surroundings surroundings, Instant at) {
        this.states = states;
        this.surroundings = surroundings;
        this.at = at;
    }

    /** Why a persona begins by its triggers; empty if none of them holds. */
    Optional<String> whyBegun(Persona persona) {
        List<Trigger> holding = persona.activationTriggers().stream()
                .filter(trigger -> truth(trigger) == Truth.TRUE)
                .toList();
        return holding.isEmpty() ? Optional.empty() : Optional.of(sentences(holding.stream()));
    }

    /** Why a persona ends by its triggers. */
    String whyEnded(Persona persona) {
        Stream<Trigger> ending =
                persona.deactivationTriggers().stream().filter(trigger -> truth(trigger) == Truth.TRUE);
        String lapsed = persona.activationTriggers().isEmpty()
                ? "nothing activates it any more"
                : sentences(persona.activationTriggers().stream());
        String ended = sentences(ending);
        return ended.isEmpty() ? lapsed : cut(ended + "; " + lapsed);
    }

    ExplainedPersona explain(Persona persona, Tenure tenure) {
        Optional<Instant> mayEnd =
                tenure.since().map(since -> since.plus(persona.minimumActive())).filter(at::isBefore);
        Optional<Instant> mayBegin = tenure.active()
                ? Optional.empty()
                : tenure.ended().map(ended -> ended.plus(persona.cooldown())).filter(at::isBefore);
        return new ExplainedPersona(
                persona.personaId(),
                persona.priority(),
                tenure.active(),
                tenure.since(),
                tenure.active() ? whyActive(persona, mayEnd) : whyInactive(persona, mayBegin),
                mayEnd,
                mayBegin,
                persona.activationTriggers().stream().map(this::explain).toList(),
                persona.deactivationTriggers().stream().map(this::explain).toList());
    }

    private String whyActive(Persona persona, Optional<Instant> mayEnd) {
        Truth activation = truth(new Trigger.Any(persona.activationTriggers()));
        if (activation == Truth.TRUE) {
            return "active: " + whyBegun(persona).orElseThrow();
        }
        if (activation == Truth.UNKNOWN) {
            return cut("active: what would end it is unknown: " + sentences(persona.activationTriggers().stream()));
        }
        if (mayEnd.isPresent()) {
            return "active: no activation trigger holds, but `minimum_active` lasts until " + mayEnd.get();
        }
        return persona.deactivationTriggers().isEmpty()
                ? "active: a custom rule asks for it"
                : cut("active: no activation trigger holds, but no deactivation trigger either: "
                        + sentences(persona.deactivationTriggers().stream()));
    }

    private String whyInactive(Persona persona, Optional<Instant> mayBegin) {
        if (persona.activationTriggers().isEmpty()) {
            return "inactive: it has no activation triggers; only a pin or a custom rule makes it active";
        }
        Optional<String> begun = whyBegun(persona);
        return begun.map(why -> cut("inactive: `cooldown` lasts until "
                        + mayBegin.map(Instant::toString).orElse("now") + ", although " + why))
                .orElseGet(() -> cut("inactive: " + sentences(persona.activationTriggers().stream())));
    }

    private ExplainedTrigger explain(Trigger trigger) {
        if (trigger instanceof Leaf leaf) {
            return explain(leaf);
        }
        List<Trigger> parts = parts(trigger);
        String type = trigger instanceof Trigger.All ? "all" : trigger instanceof Trigger.Any ? "any" : "not";
        return new ExplainedTrigger(
                type,
                truth(trigger),
                sentence(trigger),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                parts.stream().map(this::explain).toList());
    }

    private ExplainedTrigger explain(Leaf leaf) {
        LeafState state = states.apply(leaf);
        Optional<ThresholdState> threshold = as(ThresholdState.class, state);
        Optional<Duration> waited = threshold.flatMap(waiting -> waiting.waited(at));
        return new ExplainedTrigger(
                TriggerWriter.write(leaf).get("type").asText(),
                state.truth(),
                state.sentence(at, surroundings),
                threshold
                        .flatMap(known -> surroundings.sample(known.leaf().metric()))
                        .map(Sample::value),
                threshold.map(known -> known.latched()
                        ? known.leaf().clearValue()
                        : known.leaf().value()),
                waited,
                waited.map(time -> threshold.orElseThrow().patience().minus(time)),
                Optional.of(state.deadline(surroundings))
                        .filter(instant -> !instant.equals(LeafState.NEVER))
                        .filter(instant -> as(ScheduleState.class, state)
                                .map(ScheduleState::isChangeInSight)
                                .orElse(true)),
                as(EventState.class, state).flatMap(EventState::last),
                as(UserState.class, state).flatMap(UserState::user),
                List.of());
    }

    /** The facts that make a trigger what it is. */
    private String sentence(Trigger trigger) {
        if (trigger instanceof Leaf leaf) {
            return states.apply(leaf).sentence(at, surroundings);
        }
        Truth truth = truth(trigger);
        return sentences(
                parts(trigger).stream().filter(part -> trigger instanceof Trigger.Not || truth(part) == truth));
    }

    private String sentences(Stream<Trigger> triggers) {
        return cut(triggers.map(this::sentence).distinct().collect(Collectors.joining(" and ")));
    }

    private static List<Trigger> parts(Trigger composite) {
        if (composite instanceof Trigger.All all) {
            return all.triggers();
        }
        if (composite instanceof Trigger.Any any) {
            return any.triggers();
        }
        return List.of(((Trigger.Not) composite).trigger());
    }

    private Truth truth(Trigger trigger) {
        return trigger.truth(leaf -> states.apply(leaf).truth());
    }

    private static <T> Optional<T> as(Class<T> type, LeafState state) {
        return type.isInstance(state) ? Optional.of(type.cast(state)) : Optional.empty();
    }

    private static String cut(String text) {
        return text.length() <= MAXIMUM_LENGTH ? text : text.substring(0, MAXIMUM_LENGTH - 1) + "…";
    }
}
