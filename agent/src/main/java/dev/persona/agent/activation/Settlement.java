package dev.persona.agent.activation;

import dev.persona.agent.activation.ParameterStatus.Status;
import dev.persona.agent.protocol.ServerMessage.Setting;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * One try to bring the host to a target. If a parameter fails, the host goes back to what was in force, and if that fails
 * too, to its original configuration as far as it can.
 */
final class Settlement {
    private static final Set<Status> REACHED = EnumSet.of(Status.APPLIED, Status.UNCHANGED, Status.RESTORED);

    private final Supplier<Transition> transitions;
    private final boolean interrupted;

    /** How a try ended, in the words of the protocol in lower case. */
    enum Outcome {
        APPLIED,
        /** Something is not permitted, not supported, or an original left over from before can't be restored. */
        INCOMPLETE,
        /** The host is back at what was in force; of a way to the original configuration: not all is restored. */
        FAILED;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Where the host is now.
     *
     * @param inForce empty at the original configuration
     * @param culprit the parameter that kept the host from its target, empty unless that failed
     * @param statuses by parameter: those of the target, and others that were restored or could not be
     */
    record Settled(
            Outcome outcome,
            Optional<Target> inForce,
            Optional<String> culprit,
            Map<String, ParameterStatus> statuses,
            List<String> warnings) {}

    /** @param interrupted whether a crash fell into the try before, so that what reads as wanted may be half done */
    Settlement(Supplier<Transition> transitions, boolean interrupted) {
        this.transitions = transitions;
        this.interrupted = interrupted;
    }

    /** @param before what is in force */
    Settled to(Target target, Optional<Target> before) {
        Set<String> must = before.map(Target::configuration).map(Map::keySet).orElse(Set.of());
        Transition.Result tried = transitions.get().to(target.configuration(), parameter -> interrupted, must);
        if (tried.failed().isPresent()) {
            return putBack(target, before, tried);
        }
        boolean complete = tried.statuses().values().stream().allMatch(status -> REACHED.contains(status.status()));
        return new Settled(
                complete ? Outcome.APPLIED : Outcome.INCOMPLETE,
                Optional.of(target),
                Optional.empty(),
                tried.statuses(),
                tried.warnings());
    }

    Settled toOriginal() {
        Transition.Result result = transitions.get().toOriginal();
        boolean restored = result.statuses().values().stream().allMatch(status -> status.status() == Status.RESTORED);
        return new Settled(
                restored ? Outcome.APPLIED : Outcome.FAILED,
                Optional.empty(),
                Optional.empty(),
                result.statuses(),
                result.warnings());
    }

    private Settled putBack(Target target, Optional<Target> before, Transition.Result tried) {
        Optional<Target> inForce = Optional.empty();
        List<Transition.Result> ways = new ArrayList<>();
        if (before.isPresent()) {
            Predicate<String> redo = parameter -> interrupted || tried.touched().contains(parameter);
            Transition.Result back = transitions.get().to(before.get().configuration(), redo, Set.of());
            ways.add(back);
            inForce = before.filter(wanted -> back.failed().isEmpty());
        }
        if (inForce.isEmpty()) {
            ways.add(transitions.get().toOriginal());
        }
        Map<String, ParameterStatus> statuses = statuses(target, inForce, tried);
        List<String> warnings = new ArrayList<>(tried.warnings());
        for (Transition.Result way : ways) {
            warnings.addAll(way.warnings());
            way.statuses().forEach((parameter, status) -> {
                if (status.status() == Status.FAILED) {
                    statuses.merge(parameter, status, Settlement::both);
                }
            });
        }
        return new Settled(Outcome.FAILED, inForce, tried.failed(), statuses, warnings);
    }

    private static Map<String, ParameterStatus> statuses(
            Target target, Optional<Target> inForce, Transition.Result tried) {
        String culprit = tried.failed().orElseThrow();
        Map<String, ParameterStatus> statuses = new TreeMap<>();
        target.configuration().forEach((parameter, setting) -> {
            ParameterStatus reached = tried.statuses().get(parameter);
            boolean untouched = reached != null && reached.status() != Status.APPLIED;
            statuses.put(
                    parameter, untouched ? reached : putBack(setting, culprit, isInForce(parameter, setting, inForce)));
        });
        statuses.putIfAbsent(culprit, tried.statuses().get(culprit));
        return statuses;
    }

    private static boolean isInForce(String parameter, Setting setting, Optional<Target> inForce) {
        return inForce.map(target -> target.configuration().get(parameter))
                .filter(standing -> standing.value().equals(setting.value()))
                .isPresent();
    }

    private static ParameterStatus putBack(Setting setting, String culprit, boolean inForce) {
        return new ParameterStatus(
                inForce ? Status.UNCHANGED : Status.FAILED,
                inForce ? null : "put back, because `" + culprit + "` failed",
                setting.value(),
                null,
                setting.personaId());
    }

    private static ParameterStatus both(ParameterStatus tried, ParameterStatus back) {
        String reason = tried.reason() == null || tried.reason().equals(back.reason())
                ? back.reason()
                : tried.reason() + "; on the way back: " + back.reason();
        return new ParameterStatus(Status.FAILED, reason, tried.wanted(), back.actual(), tried.personaId());
    }
}
