package dev.persona.server.analysis;

import dev.persona.server.trigger.Trigger;
import dev.persona.server.trigger.Trigger.EventSubscription;
import dev.persona.server.trigger.Trigger.Leaf;
import dev.persona.server.trigger.Trigger.Threshold;
import dev.persona.server.trigger.Truth;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * Whether some facts can make several triggers what they are asked to be, all at one instant.
 *
 * <p>A search with backtracking over the truths of the leaves. Of a metric it knows: all thresholds on it are unknown, or
 * none is; and if none is there is one value that fits the truths of all. Values are looked at exactly: the constants of
 * the thresholds cut the finite doubles into classes that no threshold tells apart, and one value stands for each. Events
 * and users are taken to be independent of one another, and schedules to be whatever the caller doesn't fix.
 *
 * <p>There are two readings of a threshold's truth. The <em>lenient</em> one asks of the value only what the truth implies
 * for certain: a threshold with {@code for} may be false although the value is beyond it, one with {@code clear_for} or
 * {@code clear_value} true although it isn't any more. What is impossible even so never happens: that is a proof. The
 * <em>strict</em> one asks for what makes the truth last: a value that stays what it is brings it about in the end. What
 * is possible so is a story to be tried.
 */
final class Possibility {
    /** How thresholds are read. */
    enum Reading {
        LENIENT,
        STRICT
    }

    /** What came of the search. */
    sealed interface Outcome {}

    /** No facts do it. */
    record Impossible() implements Outcome {}

    /** The work went on for too long. */
    record Unknown() implements Outcome {}

    /**
     * Facts that do it.
     *
     * @param truths of leaves; those that are missing may be anything
     * @param values of metrics; those that are missing aren't reported
     */
    record Possible(Map<Leaf, Truth> truths, Map<String, Double> values) implements Outcome {}

    private static final List<Truth> METRIC = List.of(Truth.TRUE, Truth.FALSE, Truth.UNKNOWN);
    private static final List<Truth> PLAIN = List.of(Truth.TRUE, Truth.FALSE);

    private final List<Goal> goals;
    private final Reading reading;
    private final Budget budget;
    private final List<Leaf> open;
    private final Map<Leaf, Truth> truths;
    private final Map<String, Classes> metrics;
    private boolean spent;

    private Possibility(List<Goal> goals, Map<Leaf, Truth> fixed, Reading reading, Budget budget) {
        this.goals = goals;
        this.reading = reading;
        this.budget = budget;
        this.truths = new HashMap<>(fixed);
        List<Leaf> leaves = goals.stream()
                .flatMap(goal -> goal.trigger().leaves())
                .distinct()
                .toList();
        this.open = leaves.stream().filter(leaf -> !fixed.containsKey(leaf)).toList();
        this.metrics = leaves.stream()
                .filter(Threshold.class::isInstance)
                .map(Threshold.class::cast)
                .collect(Collectors.groupingBy(
                        Threshold::metric, Collectors.collectingAndThen(Collectors.toList(), Classes::new)));
    }

    /**
     * @param fixed truths of leaves that are known
     */
    static Outcome of(List<Goal> goals, Map<Leaf, Truth> fixed, Reading reading, Budget budget) {
        Possibility possibility = new Possibility(goals, fixed, reading, budget);
        if (possibility.search(0)) {
            Map<String, Double> values = new HashMap<>();
            possibility.metrics.forEach((metric, classes) -> {
                if (possibility.isSeen(metric)) {
                    values.put(metric, classes.value());
                }
            });
            return new Possible(Map.copyOf(possibility.truths), values);
        }
        return possibility.spent ? new Unknown() : new Impossible();
    }

    private boolean isSeen(String metric) {
        return truths.entrySet().stream()
                .anyMatch(entry -> entry.getKey() instanceof Threshold threshold
                        && threshold.metric().equals(metric)
                        && entry.getValue() != Truth.UNKNOWN);
    }

    private boolean search(int next) {
        if (!budget.take()) {
            spent = true;
            return false;
        }
        boolean reached = true;
        for (Goal goal : goals) {
            Truth low = bound(goal.trigger(), Truth.FALSE);
            Truth high = bound(goal.trigger(), Truth.TRUE);
            if (high.compareTo(goal.least()) < 0 || low.compareTo(goal.most()) > 0) {
                return false;
            }
            reached &= low.compareTo(goal.least()) >= 0 && high.compareTo(goal.most()) <= 0;
        }
        return reached || tryEach(next);
    }

    private boolean tryEach(int next) {
        Leaf leaf = open.get(next);
        for (Truth truth : leaf instanceof Threshold ? METRIC : PLAIN) {
            if (leaf instanceof EventSubscription subscription
                    && truth == Truth.TRUE
                    && EventExample.isImpossible(subscription)) {
                continue;
            }
            Classes classes = leaf instanceof Threshold threshold ? metrics.get(threshold.metric()) : Classes.NONE;
            BitSet before = classes.narrow(leaf, truth, reading);
            if (before != null) {
                truths.put(leaf, truth);
                if (search(next + 1)) {
                    return true;
                }
                truths.remove(leaf);
                classes.widen(before);
            }
            if (spent) {
                return false;
            }
        }
        return false;
    }

    /** The least or the greatest truth that a trigger can have, given those of the leaves so far. */
    private Truth bound(Trigger trigger, Truth ofOpenLeaves) {
        if (trigger instanceof Trigger.Not not) {
            return bound(not.trigger(), ofOpenLeaves.not()).not();
        }
        if (trigger instanceof Trigger.All all) {
            return all.triggers().stream()
                    .map(part -> bound(part, ofOpenLeaves))
                    .reduce(Truth.TRUE, Truth::and);
        }
        if (trigger instanceof Trigger.Any any) {
            return any.triggers().stream()
                    .map(part -> bound(part, ofOpenLeaves))
                    .reduce(Truth.FALSE, Truth::or);
        }
        return truths.getOrDefault((Leaf) trigger, ofOpenLeaves);
    }

    /** The values of one metric, one for each class that its thresholds can tell apart, and those that still fit. */
    private static final class Classes {
        static final Classes NONE = new Classes(List.of());

        private final double[] values;
        /** The classes that still fit; the last bit stands for "not reported". */
        private BitSet fitting;

        Classes(List<Threshold> thresholds) {
            TreeSet<Double> constants = thresholds.stream()
                    .flatMap(threshold -> DoubleStream.of(threshold.value(), threshold.clearValue())
                            .boxed())
                    .collect(Collectors.toCollection(TreeSet::new));
            List<Double> all = new ArrayList<>();
            Double last = null;
            for (double constant : constants) {
                if (last != null) {
                    all.add(last / 2 + constant / 2);
                } else {
                    all.add(constant - Math.max(1, Math.abs(constant)));
                }
                all.add(constant);
                last = constant;
            }
            if (last != null) {
                all.add(last + Math.max(1, Math.abs(last)));
            }
            this.values = all.stream()
                    .mapToDouble(Double::doubleValue)
                    .map(value -> Math.max(-Double.MAX_VALUE, Math.min(Double.MAX_VALUE, value)))
                    .toArray();
            this.fitting = new BitSet();
            fitting.set(0, values.length + 1);
        }

        /** Takes in a leaf's truth; answers what fitted before, or null, with nothing changed, if nothing fits any more. */
        @Nullable
        BitSet narrow(Leaf leaf, Truth truth, Reading reading) {
            BitSet before = fitting;
            if (!(leaf instanceof Threshold threshold)) {
                return before;
            }
            BitSet narrowed = (BitSet) fitting.clone();
            for (int i = narrowed.nextSetBit(0); i >= 0 && i < values.length; i = narrowed.nextSetBit(i + 1)) {
                narrowed.set(i, truth != Truth.UNKNOWN && fits(threshold, truth, values[i], reading));
            }
            narrowed.set(values.length, fitting.get(values.length) && truth == Truth.UNKNOWN);
            if (narrowed.isEmpty() || (truth == Truth.TRUE && !canLatch(threshold))) {
                return null;
            }
            fitting = narrowed;
            return before;
        }

        void widen(BitSet before) {
            fitting = before;
        }

        double value() {
            return values[fitting.nextSetBit(0)];
        }

        private boolean canLatch(Threshold threshold) {
            return DoubleStream.of(values)
                    .anyMatch(value -> threshold.operator().test(value, threshold.value()));
        }

        private static boolean fits(Threshold threshold, Truth truth, double value, Reading reading) {
            boolean beyond = threshold.operator().test(value, threshold.value());
            boolean within = threshold.operator().test(value, threshold.clearValue());
            if (reading == Reading.STRICT) {
                return truth == Truth.TRUE ? beyond : !within;
            }
            return truth == Truth.TRUE
                    ? within || !threshold.clearFor().isZero()
                    : !beyond || !threshold.heldFor().isZero();
        }
    }

    /** The leaves of a kind in some goals. */
    static <T extends Leaf> List<T> leaves(Class<T> kind, List<Goal> goals) {
        return goals.stream()
                .flatMap(goal -> goal.trigger().leaves())
                .filter(kind::isInstance)
                .map(kind::cast)
                .distinct()
                .toList();
    }
}
