package dev.persona.server.decision;

import dev.persona.server.decision.Explanation.ExplainedPersona;
import dev.persona.server.decision.Explanation.ExplainedTrigger;
import dev.persona.server.decision.Explanation.Seen;
import dev.persona.server.persona.Persona;
import dev.persona.server.rule.Consequences;
import dev.persona.server.trigger.EventState;
import dev.persona.server.trigger.LeafState;
import dev.persona.server.trigger.Sample;
import dev.persona.server.trigger.ScheduleState;
import dev.persona.server.trigger.Surroundings;
import dev.persona.server.trigger.ThresholdState;
import dev.persona.server.trigger.Trigger;
import dev.persona.server.trigger.Trigger.Leaf;
import dev.persona.server.trigger.TriggerText;
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

    /**
     * @param pin what makes it active by hand
     * @param requests the custom rules that activate it
     */
    ExplainedPersona explain(
            Persona persona, Tenure tenure, Optional<Input.Pin> pin, List<Consequences.Request> requests) {
        Optional<Instant> mayEnd =
                tenure.since().map(since -> since.plus(persona.minimumActive())).filter(at::isBefore);
        Optional<Instant> mayBegin = tenure.active()
                ? Optional.empty()
                : tenure.ended().map(ended -> ended.plus(persona.cooldown())).filter(at::isBefore);
        String verdict =
                tenure.active() ? whyActive(persona, mayEnd, requests) : whyInactive(persona, mayBegin, requests);
        return new ExplainedPersona(
                persona.personaId(),
                persona.priority(),
                tenure.active(),
                tenure.since(),
                pin.map(standing -> cut(pinned(standing) + "; by itself " + verdict))
                        .orElse(verdict),
                pin,
                requests,
                mayEnd,
                mayBegin,
                mayEnd.or(() -> mayBegin).map(end -> Duration.between(at, end)),
                persona.activationTriggers().stream().map(this::explain).toList(),
                persona.deactivationTriggers().stream().map(this::explain).toList());
    }

    private static String pinned(Input.Pin pin) {
        return "pinned by `" + pin.by() + "`"
                + pin.until().map(until -> " until " + until).orElse("") + ": " + pin.reason();
    }

    /** What custom rules give as reasons, each once. */
    static String asked(List<Consequences.Request> requests) {
        return requests.stream()
                .map(request -> "rule `" + request.rule() + "`: " + request.reason())
                .sorted()
                .distinct()
                .collect(Collectors.joining(" and "));
    }

    private String whyActive(Persona persona, Optional<Instant> mayEnd, List<Consequences.Request> requests) {
        Truth activation = truth(new Trigger.Any(persona.activationTriggers()));
        if (activation == Truth.TRUE) {
            return "active: " + whyBegun(persona).orElseThrow();
        }
        if (!requests.isEmpty()) {
            return cut("active: " + asked(requests));
        }
        if (activation == Truth.UNKNOWN) {
            return cut("active: what would end it is unknown: " + sentences(persona.activationTriggers().stream()));
        }
        if (mayEnd.isPresent()) {
            return "active: no activation trigger holds, but `minimum_active` lasts " + another(mayEnd.get());
        }
        return cut("active: no activation trigger holds, but no deactivation trigger either: "
                + sentences(persona.deactivationTriggers().stream()));
    }

    private String whyInactive(Persona persona, Optional<Instant> mayBegin, List<Consequences.Request> requests) {
        Optional<String> begun =
                whyBegun(persona).or(() -> requests.isEmpty() ? Optional.empty() : Optional.of(asked(requests)));
        if (begun.isPresent() && mayBegin.isPresent()) {
            return cut("inactive: `cooldown` lasts " + another(mayBegin.get()) + ", although " + begun.get());
        }
        if (persona.activationTriggers().isEmpty()) {
            return "inactive: it has no activation triggers; only a pin or a custom rule makes it active";
        }
        return cut("inactive: " + sentences(persona.activationTriggers().stream()));
    }

    private String another(Instant end) {
        return "another " + TriggerText.lasting(Duration.between(at, end)) + ", until " + end;
    }

    private ExplainedTrigger explain(Trigger trigger) {
        if (trigger instanceof Leaf leaf) {
            LeafState state = states.apply(leaf);
            return new ExplainedTrigger(
                    TriggerWriter.write(leaf).get("type").asText(),
                    state.truth(),
                    state.sentence(at, surroundings),
                    seen(state),
                    changesAt(state),
                    List.of());
        }
        return new ExplainedTrigger(
                trigger instanceof Trigger.All ? "all" : trigger instanceof Trigger.Any ? "any" : "not",
                truth(trigger),
                sentence(trigger),
                new Seen.Parts(),
                Optional.empty(),
                parts(trigger).stream().map(this::explain).toList());
    }

    private Optional<Instant> changesAt(LeafState state) {
        if (state instanceof ScheduleState schedule && !schedule.isChangeInSight()) {
            return Optional.empty();
        }
        return Optional.of(state.deadline(surroundings)).filter(instant -> !instant.equals(LeafState.NEVER));
    }

    private Seen seen(LeafState state) {
        if (state instanceof ThresholdState threshold) {
            Trigger.Threshold leaf = threshold.leaf();
            Optional<Sample> sample = surroundings.sample(leaf.metric());
            Optional<Duration> waited = threshold.waited(at);
            return new Seen.Metric(
                    leaf.metric(),
                    sample.map(Sample::value),
                    sample.map(Sample::at),
                    leaf.operator().symbol(),
                    threshold.latched() ? leaf.clearValue() : leaf.value(),
                    threshold.latchedSince(),
                    waited,
                    waited.map(time -> threshold.patience().minus(time)));
        }
        if (state instanceof ScheduleState schedule) {
            Optional<Instant> change = changesAt(schedule);
            return new Seen.Window(
                    change.filter(instant -> !schedule.open()), change.filter(instant -> schedule.open()));
        }
        if (state instanceof EventState events) {
            return new Seen.Event(
                    events.last().flatMap(last -> events.lastEvent()
                            .map(event -> new Explanation.MatchingEvent(last, event.source(), event.id()))),
                    events.leaf().burst().map(burst -> events.counted(at)),
                    events.leaf().burst().map(Trigger.EventSubscription.Burst::atLeast));
        }
        return new Seen.User(((UserState) state).user());
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

    private static String cut(String text) {
        return text.length() <= MAXIMUM_LENGTH ? text : text.substring(0, MAXIMUM_LENGTH - 1) + "…";
    }
}
