package dev.persona.agent.activation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.agent.activation.ParameterStatus.Status;
import dev.persona.agent.applier.Applier;
import dev.persona.agent.applier.Appliers;
import dev.persona.agent.applier.Support;
import dev.persona.agent.applier.Verification;
import dev.persona.agent.journal.Journal;
import dev.persona.agent.journal.Original;
import dev.persona.agent.platform.Failure;
import dev.persona.agent.platform.Permission;
import dev.persona.agent.platform.Snapshot;
import dev.persona.agent.protocol.ServerMessage.Setting;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * One way of the host from where it is to a configuration, parameter by parameter; used once.
 *
 * <p>In this order: work out what differs; save the originals of what is about to change for the first time; apply and
 * restore, each verified; forget the originals that the host has again. So at any point the journal holds the original of
 * everything that is not as it was.
 */
final class Transition {
    private final Appliers appliers;
    private final Permission permission;
    private final Journal journal;
    private final Saving saving;
    private final Map<String, ParameterStatus> statuses = new TreeMap<>();
    private final Set<String> touched = new LinkedHashSet<>();
    private final List<String> warnings = new ArrayList<>();
    private Optional<String> failed = Optional.empty();

    /** What a saved original is marked with. */
    record Saving(Instant at, String bootId, long revision) {}

    /**
     * How it ended.
     *
     * @param statuses by parameter; without those that were never reached
     * @param failed the parameter that ended it early
     * @param touched parameters that were, or may have been, changed
     * @param warnings what did not keep it from its end
     */
    record Result(
            Map<String, ParameterStatus> statuses,
            Optional<String> failed,
            Set<String> touched,
            List<String> warnings) {}

    Transition(Appliers appliers, Permission permission, Journal journal, Saving saving) {
        this.appliers = appliers;
        this.permission = permission;
        this.journal = journal;
        this.saving = saving;
    }

    /**
     * Goes to a configuration, and stops at the first parameter that fails.
     *
     * @param redo parameters that an interruption may have left half done, though they read as wanted
     * @param must parameters that have to be restored if they are not wanted, where the host still supports them; of
     *     others it is tried
     */
    Result to(Map<String, Setting> configuration, Predicate<String> redo, Set<String> must) {
        List<Step> steps = new ArrayList<>();
        Map<String, String> kept = new HashMap<>(); // parameter by its place
        configuration.forEach((parameter, setting) -> {
            String place = appliers.place(parameter);
            if (failed.isEmpty() && kept.containsKey(place)) {
                Optional<String> why = Optional.of("`" + kept.get(place) + "` sets the same; want one of the two");
                report(parameter, setting, Status.NOT_SUPPORTED, why, Optional.empty());
            } else if (failed.isEmpty()) {
                plan(parameter, setting, redo).ifPresent(steps::add);
                if (isKept(parameter)) {
                    kept.put(place, parameter);
                }
            }
        });
        if (failed.isEmpty()) {
            steps.addAll(restores(original -> !kept.containsKey(appliers.place(original.parameter())), must));
        }
        if (failed.isEmpty()) {
            run(ordered(steps));
        }
        if (failed.isEmpty()) {
            run(ordered(freed(configuration, steps, kept.keySet(), redo)));
        }
        return result();
    }

    /** What a restore in the same family has made room for: a parameter that excludes the one that was wanted before. */
    private List<Step> freed(
            Map<String, Setting> configuration, List<Step> done, Set<String> taken, Predicate<String> redo) {
        Set<Applier> restored = new HashSet<>();
        done.forEach(step -> {
            if (step instanceof Restore restore) {
                restored.add(restore.applier);
            }
        });
        List<Step> steps = new ArrayList<>();
        configuration.forEach((parameter, setting) -> {
            boolean unsupported = statuses.get(parameter).status() == Status.NOT_SUPPORTED;
            if (unsupported
                    && !taken.contains(appliers.place(parameter))
                    && appliers.covering(parameter).filter(restored::contains).isPresent()) {
                plan(parameter, setting, redo).ifPresent(steps::add);
            }
        });
        return steps;
    }

    /** Sets again what the host should show already; stops at the first parameter that fails, and restores nothing. */
    Result again(Map<String, Setting> settings) {
        List<Step> steps = new ArrayList<>();
        settings.forEach((parameter, setting) -> {
            if (failed.isEmpty()) {
                plan(parameter, setting, none -> false).ifPresent(steps::add);
            }
        });
        if (failed.isEmpty()) {
            run(ordered(steps));
        }
        return result();
    }

    /** Goes back to the original configuration as far as it can; what can't be restored stays in the journal. */
    Result toOriginal() {
        run(ordered(restores(original -> true, Set.of())));
        return result();
    }

    private Result result() {
        return new Result(statuses, failed, touched, warnings);
    }

    private Optional<Step> plan(String parameter, Setting setting, Predicate<String> redo) {
        try {
            Optional<String> refusal = permission.refusal(parameter, setting.value());
            if (refusal.isPresent()) {
                report(parameter, setting, Status.NOT_PERMITTED, refusal, Optional.empty());
                return Optional.empty();
            }
            Optional<Applier> covering = appliers.covering(parameter);
            if (covering.isEmpty()) {
                Optional<String> why = Optional.of("this agent does not know `" + parameter + "`");
                report(parameter, setting, Status.NOT_SUPPORTED, why, Optional.empty());
                return Optional.empty();
            }
            return plan(parameter, setting, covering.get(), redo);
        } catch (IOException | RuntimeException failure) {
            fail(parameter, setting, Failure.reason(failure));
            return Optional.empty();
        }
    }

    private Optional<Step> plan(String parameter, Setting setting, Applier applier, Predicate<String> redo)
            throws IOException {
        if (applier.support(parameter) instanceof Support.NotSupported not) {
            report(parameter, setting, Status.NOT_SUPPORTED, Optional.of(not.reason()), Optional.empty());
            return Optional.empty();
        }
        Verification now = applier.verify(parameter, setting.value());
        if (now.holds() && !(redo.test(parameter) && applier.hasFurtherEffects(parameter))) {
            report(parameter, setting, Status.UNCHANGED, Optional.empty(), now.actual());
            return Optional.empty();
        }
        return Optional.of(new Apply(parameter, applier, setting, applier.read(parameter)));
    }

    /** Planned or unchanged: not one that is refused, whose original has to come back if it was changed before. */
    private boolean isKept(String parameter) {
        ParameterStatus status = statuses.get(parameter);
        return status == null || status.status() == Status.UNCHANGED;
    }

    private List<Step> restores(Predicate<Original> which, Set<String> must) {
        List<Original> originals = new ArrayList<>(journal.originals());
        Collections.reverse(originals);
        List<Step> steps = new ArrayList<>();
        originals.stream().filter(which).forEach(original -> planRestore(original, must)
                .ifPresent(steps::add));
        return steps;
    }

    private Optional<Step> planRestore(Original original, Set<String> must) {
        String parameter = original.parameter();
        Optional<Applier> applier = appliers.covering(parameter);
        if (applier.isEmpty()) {
            reportNotRestored(parameter, "this agent does not know it");
            return Optional.empty();
        }
        boolean required = must.contains(parameter);
        try {
            required &= applier.get().support(parameter) instanceof Support.Supported;
            String now = applier.get().read(parameter).shown().orElse("");
            String then = original.snapshot().shown().orElse("");
            int precedence = applier.get().precedence(parameter, now, then);
            return Optional.of(new Restore(original, applier.get(), precedence, required));
        } catch (IOException | RuntimeException failure) {
            reportNotRestored(parameter, Failure.reason(failure));
            failed = required ? Optional.of(parameter) : failed;
            return Optional.empty();
        }
    }

    private static List<Step> ordered(List<Step> steps) {
        record Ranked(int precedence, Step step) {}
        return steps.stream()
                .map(step -> new Ranked(step.precedence(), step))
                .sorted(Comparator.comparingInt(Ranked::precedence))
                .map(Ranked::step)
                .toList();
    }

    private void run(List<Step> steps) {
        List<Original> added = steps.stream()
                .filter(step -> step instanceof Apply
                        && journal.original(step.parameter()).isEmpty())
                .map(step -> new Original(
                        step.parameter(), original((Apply) step), saving.at, saving.bootId, saving.revision))
                .toList();
        try {
            journal.save(added);
        } catch (IOException | RuntimeException failure) {
            Apply first = (Apply) steps.stream()
                    .filter(step -> step instanceof Apply)
                    .findFirst()
                    .orElseThrow();
            fail(first.parameter, first.setting, "its original can't be saved: " + Failure.reason(failure));
            return;
        }
        List<String> restored = new ArrayList<>();
        for (Step step : steps) {
            if (failed.isPresent()) {
                break;
            }
            touched.add(step.parameter());
            if (step.run(this) && step instanceof Restore) {
                restored.add(step.parameter());
            }
        }
        if (failed.isEmpty()) {
            forget(restored);
        } else {
            forget(added.stream()
                    .map(Original::parameter)
                    .filter(parameter -> !touched.contains(parameter))
                    .toList());
        }
    }

    /** What was there before this agent's first change of the place, by whatever parameter. */
    private Snapshot original(Apply step) {
        String place = appliers.place(step.parameter);
        return journal.originals().stream()
                .filter(original -> appliers.place(original.parameter()).equals(place))
                .map(Original::snapshot)
                .findFirst()
                .orElse(step.before);
    }

    private void forget(List<String> parameters) {
        try {
            journal.forget(parameters);
        } catch (IOException failure) {
            warnings.add("the journal can't be written: " + Failure.reason(failure));
        }
    }

    private void fail(String parameter, Setting setting, String reason) {
        report(parameter, setting, Status.FAILED, Optional.of(reason), Optional.empty());
        failed = Optional.of(parameter);
    }

    private void report(
            String parameter, Setting setting, Status status, Optional<String> reason, Optional<String> actual) {
        statuses.put(
                parameter,
                new ParameterStatus(
                        status, reason.orElse(null), setting.value(), actual.orElse(null), setting.personaId()));
    }

    private void reportRestored(String parameter, Optional<String> original) {
        statuses.putIfAbsent(parameter, new ParameterStatus(Status.RESTORED, null, null, original.orElse(null), null));
    }

    private void reportNotRestored(String parameter, String why) {
        statuses.put(parameter, new ParameterStatus(Status.FAILED, "can't be restored: " + why, null, null, null));
    }

    private sealed interface Step {
        String parameter();

        /** Lower goes first. */
        int precedence();

        /** Changes the host and reports; false if it failed. */
        boolean run(Transition transition);
    }

    private record Apply(String parameter, Applier applier, Setting setting, Snapshot before) implements Step {
        @Override
        public int precedence() {
            return applier.precedence(
                    parameter, before.shown().orElse(""), setting.value().asText());
        }

        @Override
        public boolean run(Transition transition) {
            try {
                JsonNode value = setting.value();
                applier.apply(parameter, value);
                Verification after = applier.verify(parameter, value);
                if (after.holds()) {
                    transition.report(parameter, setting, Status.APPLIED, Optional.empty(), after.actual());
                    return true;
                }
                transition.fail(
                        parameter,
                        setting,
                        "it was written, but the host shows "
                                + after.actual().map(text -> "`" + text + "`").orElse("nothing"));
            } catch (IOException | RuntimeException failure) {
                transition.fail(parameter, setting, Failure.reason(failure));
            }
            return false;
        }
    }

    private record Restore(Original original, Applier applier, int precedence, boolean required) implements Step {
        @Override
        public String parameter() {
            return original.parameter();
        }

        @Override
        public boolean run(Transition transition) {
            Optional<String> reason = whyNotRestored();
            if (reason.isEmpty()) {
                transition.reportRestored(parameter(), original.snapshot().shown());
                return true;
            }
            transition.reportNotRestored(parameter(), reason.get());
            if (required) {
                transition.failed = Optional.of(parameter());
            }
            return false;
        }

        private Optional<String> whyNotRestored() {
            try {
                applier.restore(parameter(), original.snapshot());
                Snapshot now = applier.read(parameter());
                return now.content().isEmpty() || now.equals(original.snapshot())
                        ? Optional.empty()
                        : Optional.of("the host shows `" + now.shown().orElse("") + "`");
            } catch (IOException | RuntimeException failure) {
                return Optional.of(Failure.reason(failure));
            }
        }
    }
}
