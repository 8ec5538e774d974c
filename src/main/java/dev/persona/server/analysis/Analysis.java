package dev.persona.server.analysis;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.server.analysis.Possibility.Impossible;
import dev.persona.server.analysis.Possibility.Outcome;
import dev.persona.server.analysis.Possibility.Possible;
import dev.persona.server.analysis.Possibility.Reading;
import dev.persona.server.analysis.Trial.Scene;
import dev.persona.server.decision.Decision.Reason;
import dev.persona.server.decision.Explanation.ExplainedPersona;
import dev.persona.server.parameter.ParameterCatalogue;
import dev.persona.server.persona.Persona;
import dev.persona.server.persona.PersonaWarning;
import dev.persona.server.persona.PersonaWarning.Kind;
import dev.persona.server.trigger.Trigger;
import dev.persona.server.trigger.Trigger.EventSubscription;
import dev.persona.server.trigger.Trigger.Leaf;
import dev.persona.server.trigger.Trigger.Schedule;
import dev.persona.server.trigger.Trigger.Threshold;
import dev.persona.server.trigger.TriggerText;
import dev.persona.server.trigger.Truth;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What can be said of one persona among others, whatever will be reported; pins and custom rules are left out of account.
 *
 * <p>What is said never to happen is proved: for all time by {@link Possibility}, or as far as the {@link Calendar} reaches
 * where it depends on schedules. What is said to happen was played to the engine ({@link Trial}) before it is said.
 * Whatever is neither is not said.
 */
final class Analysis {
    /** Steps of all searches together: a few hundred milliseconds. */
    private static final int STEPS = 200_000;
    /** Changes of schedules that are looked at for one proof, and for one story. */
    private static final int STEPS_OF_PROOF = 20_000;

    private static final int STEPS_OF_STORY = 500;
    private static final int STEPS_OF_CONSTANT = 4;
    private static final int MAXIMUM_TRIALS = 20;
    private static final int MAXIMUM_OF_KIND = 5;
    private static final int CYCLES = 3;

    private final ParameterCatalogue catalogue;
    private final Persona persona;
    private final List<Persona> neighbours;
    private final Instant now;
    private final Budget budget = new Budget(STEPS);
    private final Budget trials = new Budget(MAXIMUM_TRIALS);
    private final Map<Leaf, Optional<Truth>> constants = new HashMap<>();
    private final List<PersonaWarning> warnings = new ArrayList<>();
    /** How far the proofs reach on which the next warning rests, in words. */
    private String reach = "";

    /**
     * @param others all other personas; those that are disabled or in other groups are passed over
     * @param now schedules are looked at from then on
     */
    Analysis(ParameterCatalogue catalogue, Persona persona, List<Persona> others, Instant now) {
        this.catalogue = catalogue;
        this.persona = persona;
        this.neighbours = others.stream()
                .filter(Persona::enabled)
                .filter(other -> !Collections.disjoint(other.personaGroups(), persona.personaGroups()))
                .sorted(Persona.BY_RANK)
                .toList();
        this.now = now.truncatedTo(ChronoUnit.SECONDS);
    }

    List<PersonaWarning> warnings() {
        slips("/activation_triggers/", persona.activationTriggers());
        slips("/deactivation_triggers/", persona.deactivationTriggers());
        if (persona.personaGroups().isEmpty()) {
            warn(
                    Kind.APPLIES_NOWHERE,
                    "/persona_groups",
                    "it is in no persona group, so it applies to no instance until it is put into one");
        }
        if (persona.activationTriggers().isEmpty()) {
            return List.copyOf(warnings);
        }
        Optional<String> never = proof(List.of(Goal.isTrue(persona.activationTriggers())));
        if (never.isPresent()) {
            warn(
                    Kind.NEVER_ACTIVATES,
                    "/activation_triggers",
                    "no facts make an activation trigger true" + never.get() + ": "
                            + described(persona.activationTriggers()));
            return List.copyOf(warnings);
        }
        neverDeactivates();
        if (persona.enabled() && !persona.personaGroups().isEmpty()) {
            deactivationImplied();
            overlappingBands();
            undecidedConflicts();
            shadowed();
            shadows();
        }
        if (budget.isSpent() || trials.isSpent()) {
            warn(Kind.INCOMPLETE, "", "there is more to look at than is looked at when a persona is saved");
        }
        return List.copyOf(warnings);
    }

    /** What can't be wrong by itself, for any metric may be reported, and still is hardly meant. */
    private void slips(String list, List<Trigger> triggers) {
        for (int i = 0; i < triggers.size(); i++) {
            String pointer = list + i;
            Possibility.leaves(Threshold.class, List.of(Goal.isTrue(triggers.subList(i, i + 1))))
                    .forEach(threshold -> slips(pointer, threshold));
        }
    }

    private void slips(String pointer, Threshold threshold) {
        AgentMetrics.meant(threshold.metric())
                .ifPresent(near -> warn(
                        Kind.UNFAMILIAR_METRIC,
                        pointer,
                        "agents report no `" + threshold.metric() + "` by themselves; did you mean `" + near + "`?"));
        if (AgentMetrics.isShare(threshold.metric())
                && (isNoShare(threshold.value()) || isNoShare(threshold.clearValue()))) {
            warn(
                    Kind.VALUE_OUT_OF_RANGE,
                    pointer,
                    "`" + threshold.metric() + "` is a share from 0 to 1, but " + TriggerText.describe(threshold)
                            + "; 80 percent are `0.8` or `\"80%\"`");
        }
    }

    private static boolean isNoShare(double value) {
        return value < 0 || value > 1;
    }

    private void neverDeactivates() {
        List<Trigger> ending = persona.deactivationTriggers();
        List<Goal> ends = new ArrayList<>(List.of(Goal.isFalse(persona.activationTriggers())));
        if (!ending.isEmpty()) {
            ends.add(Goal.isTrue(ending));
        }
        proof(ends).ifPresent(reach -> {
            boolean always = proof(ends.subList(0, 1)).isPresent();
            boolean unended = !ending.isEmpty() && proof(ends.subList(1, 2)).isPresent();
            String why = always
                    ? "its activation triggers never become false: " + described(persona.activationTriggers())
                    : unended
                            ? "its deactivation triggers never become true: " + described(ending)
                            : "its deactivation triggers are never true while its activation triggers are false";
            String place = unended && !always ? "/deactivation_triggers" : "/activation_triggers";
            warn(Kind.NEVER_DEACTIVATES, place, "once it is active it never ends" + reach + ", for " + why);
        });
    }

    private void deactivationImplied() {
        List<Trigger> ending = persona.deactivationTriggers();
        List<Goal> heldBack = List.of(Goal.isTrue(persona.activationTriggers()), Goal.isNotTrue(ending));
        if (ending.isEmpty() || proof(heldBack).isEmpty()) {
            return;
        }
        List<Goal> on = List.of(Goal.isTrue(persona.activationTriggers()));
        List<Goal> off = List.of(Goal.isFalse(persona.activationTriggers()), Goal.isTrue(ending));
        Duration patience = Stream.concat(persona.activationTriggers().stream(), ending.stream())
                .flatMap(Trigger::leaves)
                .map(Analysis::patience)
                .max(Duration::compareTo)
                .orElseThrow();
        calendar(Stream.concat(on.stream(), off.stream()).toList())
                .walk(
                        STEPS_OF_STORY,
                        budget,
                        (schedules, at) -> !(Possibility.of(on, schedules, Reading.STRICT, budget)
                                        instanceof Possible begins
                                && Possibility.of(off, schedules, Reading.STRICT, budget) instanceof Possible ends
                                && flaps(alternating(at, patience.plusSeconds(1), begins, ends))));
    }

    /** Plays a story, and says so if the persona begins and ends in it all the time. */
    private boolean flaps(Optional<Trial> trial) {
        if (trial.isEmpty() || !trials.take()) {
            return false;
        }
        long switches = switches(trial.get().play());
        if (switches < 2 * CYCLES - 1) {
            return false;
        }
        Duration time =
                Duration.between(trial.get().scenes().get(0).from(), trial.get().end());
        warn(
                Kind.DEACTIVATION_IMPLIED,
                "/deactivation_triggers",
                "its deactivation triggers are true whenever its activation triggers are, and so hold nothing back: it"
                        + " flaps, in the witness " + switches + " times within " + time,
                List.of(),
                Optional.of(trial.get().witness()));
        return true;
    }

    private Optional<Trial> alternating(Instant from, Duration each, Possible begins, Possible ends) {
        if (each.compareTo(Trial.LONGEST) > 0) {
            return Optional.empty();
        }
        List<Scene> scenes = new ArrayList<>();
        Instant start = from;
        for (int i = 0; i < 2 * CYCLES; i++) {
            Instant end = start.plus(each);
            Scene.of(start, end, i % 2 == 0 ? begins : ends).ifPresent(scenes::add);
            start = end.plusSeconds(1);
        }
        return scenes.size() == 2 * CYCLES
                ? Optional.of(Trial.of(List.of(persona), persona.personaGroups().first(), scenes))
                : Optional.empty();
    }

    private long switches(Trial.Ending ending) {
        return ending.decisions().stream()
                .flatMap(decision -> decision.reasons().stream())
                .filter(reason -> reason.personaId().equals(persona.personaId()))
                .filter(reason ->
                        reason.change() == Reason.Change.ACTIVATED || reason.change() == Reason.Change.DEACTIVATED)
                .count();
    }

    private static Duration patience(Leaf leaf) {
        if (leaf instanceof Threshold threshold) {
            return threshold.heldFor().compareTo(threshold.clearFor()) > 0 ? threshold.heldFor() : threshold.clearFor();
        }
        return leaf instanceof EventSubscription subscription
                ? subscription.hold().orElse(Duration.ZERO)
                : Duration.ZERO;
    }

    private void overlappingBands() {
        for (int i = 0; i < persona.activationTriggers().size(); i++) {
            for (int j = 0; j < persona.deactivationTriggers().size(); j++) {
                if (persona.activationTriggers().get(i) instanceof Threshold begins
                        && persona.deactivationTriggers().get(j) instanceof Threshold ends
                        && begins.metric().equals(ends.metric())
                        && direction(begins) * direction(ends) < 0) {
                    overlappingBand(i, begins, j, ends);
                }
            }
        }
    }

    private void overlappingBand(int i, Threshold begins, int j, Threshold ends) {
        List<Goal> both = List.of(Goal.isTrue(List.of(begins)), Goal.isTrue(List.of(ends)));
        Duration lead = Stream.of(begins.heldFor(), ends.heldFor())
                .max(Duration::compareTo)
                .orElseThrow();
        if (lead.compareTo(Trial.LONGEST) > 0
                || !(Possibility.of(both, Map.of(), Reading.STRICT, budget) instanceof Possible facts)
                || !trials.take()) {
            return;
        }
        Trial trial = Trial.of(
                List.of(persona),
                persona.personaGroups().first(),
                Scene.of(now, now.plus(lead), facts).stream().toList());
        ExplainedPersona seen =
                trial.play().end().personas().stream().findFirst().orElseThrow();
        if (seen.activationTriggers().get(i).truth() == Truth.TRUE
                && seen.deactivationTriggers().get(j).truth() == Truth.TRUE) {
            String value = TriggerText.number(facts.values().get(begins.metric()));
            warn(
                    Kind.OVERLAPPING_BAND,
                    "/deactivation_triggers/" + j,
                    "`" + begins.metric() + "` at " + value + " both activates (" + TriggerText.describe(begins)
                            + ") and deactivates (" + TriggerText.describe(ends) + "); leave a gap between the two",
                    List.of(),
                    Optional.of(trial.witness()));
        }
    }

    /** 1 for what is true of great values, -1 of small ones, 0 of one or all but one. */
    private static int direction(Threshold threshold) {
        return switch (threshold.operator()) {
            case GREATER, GREATER_OR_EQUAL -> 1;
            case LESS, LESS_OR_EQUAL -> -1;
            case EQUAL, NOT_EQUAL -> 0;
        };
    }

    private void undecidedConflicts() {
        int found = 0;
        for (Persona other : neighbours) {
            if (found < MAXIMUM_OF_KIND
                    && other.priority() == persona.priority()
                    && !disputed(other).isEmpty()
                    && !budget.isSpent()
                    && !trials.isSpent()) {
                found += undecidedConflict(other) ? 1 : 0;
            }
        }
    }

    private boolean undecidedConflict(Persona other) {
        List<Goal> both = List.of(Goal.isTrue(persona.activationTriggers()), Goal.isTrue(other.activationTriggers()));
        boolean[] found = {false};
        calendar(both).walk(STEPS_OF_STORY, budget, (schedules, at) -> {
            if (Possibility.of(both, schedules, Reading.STRICT, budget) instanceof Possible facts) {
                found[0] = undecidedConflict(other, facts, at);
                return false;
            }
            return true;
        });
        return found[0];
    }

    private boolean undecidedConflict(Persona other, Possible facts, Instant at) {
        Duration lead = facts.truths().entrySet().stream()
                .filter(entry -> entry.getValue() == Truth.TRUE)
                .filter(entry -> entry.getKey() instanceof Threshold)
                .map(entry -> ((Threshold) entry.getKey()).heldFor())
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
        if (lead.compareTo(Trial.LONGEST) > 0) {
            return false;
        }
        SortedSet<String> groups = new TreeSet<>(persona.personaGroups());
        groups.retainAll(other.personaGroups());
        Optional<Trial> trial = Scene.of(at.minus(lead), at, facts)
                .map(scene -> Trial.of(List.of(persona, other), groups.first(), List.of(scene)));
        if (trial.isEmpty() || !trials.take()) {
            return false;
        }
        List<String> disputed = trial.get().play().end().decision().conflicts().stream()
                .map(conflict -> conflict.parameter())
                .filter(disputed(other)::contains)
                .toList();
        if (disputed.isEmpty()) {
            return false;
        }
        String winner =
                Stream.of(persona, other).min(Persona.BY_RANK).orElseThrow().personaId();
        warn(
                Kind.UNDECIDED_CONFLICT,
                "/priority",
                "it and `" + other.personaId() + "` can be active at once with priority " + persona.priority()
                        + ", and disagree on `" + String.join("`, `", disputed) + "`; `" + winner
                        + "` wins, only because its id sorts first",
                List.of(other.personaId()),
                Optional.of(trial.get().witness()));
        return true;
    }

    /** The parameters to which both give different values. */
    private SortedSet<String> disputed(Persona other) {
        return persona.configurationParameters().entrySet().stream()
                .filter(entry -> other.configurationParameters().containsKey(entry.getKey()))
                .filter(entry -> !canonical(entry.getKey(), entry.getValue())
                        .equals(canonical(
                                entry.getKey(), other.configurationParameters().get(entry.getKey()))))
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private JsonNode canonical(String parameter, JsonNode value) {
        return catalogue.canonical(parameter, value).orElse(value);
    }

    private void shadowed() {
        List<Persona> above = neighbours.stream()
                .filter(other -> Persona.BY_RANK.compare(other, persona) < 0)
                .toList();
        reach = "";
        List<String> shadows = shadows(persona, above);
        if (!shadows.isEmpty()) {
            warn(
                    Kind.ALWAYS_SHADOWED,
                    "/configuration_parameters",
                    "it never has an effect: whenever it is active, so " + (shadows.size() == 1 ? "is" : "are") + " `"
                            + String.join("`, `", shadows) + "`, and win all of its parameters" + reach,
                    shadows,
                    Optional.empty());
        }
    }

    private void shadows() {
        List<String> shadowed = new ArrayList<>();
        reach = "";
        for (Persona other : neighbours) {
            boolean below = Persona.BY_RANK.compare(other, persona) > 0;
            if (below
                    && shadowed.size() < MAXIMUM_OF_KIND
                    && !budget.isSpent()
                    && !other.activationTriggers().isEmpty()
                    && !shadows(other, List.of(persona)).isEmpty()
                    && proof(List.of(Goal.isTrue(other.activationTriggers()))).isEmpty()) {
                shadowed.add(other.personaId());
            }
        }
        if (!shadowed.isEmpty()) {
            warn(
                    Kind.ALWAYS_SHADOWS,
                    "/configuration_parameters",
                    "whenever `" + String.join("` or `", shadowed) + "` is active, so is this one, and wins all of its"
                            + " parameters" + reach,
                    shadowed,
                    Optional.empty());
        }
    }

    /** Those who together take all parameters from a persona whenever it is active; empty if that isn't so. */
    private List<String> shadows(Persona victim, List<Persona> above) {
        if (!victim.minimumActive().isZero() || victim.configurationParameters().isEmpty()) {
            return List.of();
        }
        SortedSet<String> left = new TreeSet<>(victim.configurationParameters().keySet());
        List<String> shadows = new ArrayList<>();
        for (Persona other : above) {
            if (!Collections.disjoint(left, other.configurationParameters().keySet())
                    && other.personaGroups().containsAll(victim.personaGroups())
                    && other.cooldown().isZero()
                    && outlasts(other, victim)) {
                left.removeAll(other.configurationParameters().keySet());
                shadows.add(other.personaId());
            }
        }
        return left.isEmpty() ? shadows : List.of();
    }

    /**
     * Whether one persona is active whenever another is: it begins whenever the other does, and the other ends whenever it
     * does. Provided that the one has no cooldown and the other no minimum time.
     */
    private boolean outlasts(Persona one, Persona other) {
        Goal otherBegins = Goal.isTrue(other.activationTriggers());
        List<Goal> oneEnds = new ArrayList<>(List.of(Goal.isFalse(one.activationTriggers())));
        if (!one.deactivationTriggers().isEmpty()) {
            oneEnds.add(Goal.isTrue(one.deactivationTriggers()));
        }
        return isImpossible(List.of(otherBegins, Goal.isNotTrue(one.activationTriggers())))
                && isImpossible(with(oneEnds, Goal.isNotFalse(other.activationTriggers())))
                && (other.deactivationTriggers().isEmpty()
                        || isImpossible(with(oneEnds, Goal.isNotTrue(other.deactivationTriggers()))));
    }

    private static List<Goal> with(List<Goal> goals, Goal another) {
        return Stream.concat(goals.stream(), Stream.of(another)).toList();
    }

    /** Proves goals impossible: whatever the schedules say, or given those that never change. */
    private boolean isImpossible(List<Goal> goals) {
        if (Possibility.of(goals, Map.of(), Reading.LENIENT, budget) instanceof Impossible) {
            return true;
        }
        Map<Leaf, Truth> fixed = new HashMap<>();
        for (Schedule schedule : Possibility.leaves(Schedule.class, goals)) {
            constant(schedule).ifPresent(truth -> fixed.put(schedule, truth));
        }
        boolean impossible =
                !fixed.isEmpty() && Possibility.of(goals, fixed, Reading.LENIENT, budget) instanceof Impossible;
        reach = impossible ? asFarAs() : reach;
        return impossible;
    }

    private Optional<Truth> constant(Schedule schedule) {
        return constants.computeIfAbsent(schedule, leaf -> {
            List<Truth> truths = new ArrayList<>();
            boolean complete = new Calendar(List.of(schedule), now).walk(STEPS_OF_CONSTANT, budget, (pattern, at) -> {
                truths.add(pattern.get(schedule));
                return truths.size() == 1;
            });
            return complete ? Optional.of(truths.get(0)) : Optional.empty();
        });
    }

    /** Proves goals impossible; answers how far the proof reaches, in words, empty words for all time. */
    private Optional<String> proof(List<Goal> goals) {
        Outcome outcome = Possibility.of(goals, Map.of(), Reading.LENIENT, budget);
        if (outcome instanceof Impossible) {
            return Optional.of("");
        }
        Calendar calendar = calendar(goals);
        boolean impossible = !calendar.schedules().isEmpty()
                && calendar.walk(
                        STEPS_OF_PROOF,
                        budget,
                        (schedules, at) ->
                                Possibility.of(goals, schedules, Reading.LENIENT, budget) instanceof Impossible);
        return impossible ? Optional.of(asFarAs()) : Optional.empty();
    }

    private String asFarAs() {
        return " (schedules were looked at until "
                + now.plus(Calendar.HORIZON).atOffset(ZoneOffset.UTC).toLocalDate() + ")";
    }

    private Calendar calendar(List<Goal> goals) {
        return new Calendar(Possibility.leaves(Schedule.class, goals), now);
    }

    private static String described(List<Trigger> triggers) {
        return triggers.stream().map(TriggerText::describe).collect(Collectors.joining("; "));
    }

    private void warn(Kind kind, String pointer, String detail) {
        warn(kind, pointer, detail, List.of(), Optional.empty());
    }

    private void warn(Kind kind, String pointer, String detail, List<String> others, Optional<JsonNode> witness) {
        warnings.add(new PersonaWarning(kind, pointer, shortened(detail), others, witness));
    }

    private static String shortened(String text) {
        return text.length() <= 1_000 ? text : text.substring(0, 999) + "…";
    }
}
