package dev.persona.server.rule;

import dev.persona.server.trigger.Trigger;
import dev.persona.server.trigger.Trigger.Leaf;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/**
 * A two-valued question about three-valued triggers: is this one known to hold, or known to fail? Unknown does neither.
 *
 * <p>It is tested on facts, and shown as the text of a rule.
 */
sealed interface Condition {

    boolean test(InstanceFacts facts);

    /** The same question in DRL, in brackets where it needs them. */
    String drl();

    /** Whether a trigger is known to be true. */
    static Condition holds(Trigger trigger, ToIntFunction<Leaf> index) {
        if (trigger instanceof Leaf leaf) {
            return new Holds(index.applyAsInt(leaf));
        }
        if (trigger instanceof Trigger.All all) {
            return new Every(each(all.triggers(), part -> holds(part, index)));
        }
        if (trigger instanceof Trigger.Any any) {
            return new Some(each(any.triggers(), part -> holds(part, index)));
        }
        return fails(((Trigger.Not) trigger).trigger(), index);
    }

    /** Whether a trigger is known to be false. */
    static Condition fails(Trigger trigger, ToIntFunction<Leaf> index) {
        if (trigger instanceof Leaf leaf) {
            return new Fails(index.applyAsInt(leaf));
        }
        if (trigger instanceof Trigger.All all) {
            return new Some(each(all.triggers(), part -> fails(part, index)));
        }
        if (trigger instanceof Trigger.Any any) {
            return new Every(each(any.triggers(), part -> fails(part, index)));
        }
        return holds(((Trigger.Not) trigger).trigger(), index);
    }

    private static List<Condition> each(List<Trigger> triggers, Function<Trigger, Condition> condition) {
        return triggers.stream().map(condition).toList();
    }

    /** A leaf is known to be true. */
    record Holds(int leaf) implements Condition {
        @Override
        public boolean test(InstanceFacts facts) {
            return facts.holds(leaf);
        }

        @Override
        public String drl() {
            return "holds(\"" + InstanceFacts.leafName(leaf) + "\")";
        }
    }

    /** A leaf is known to be false. */
    record Fails(int leaf) implements Condition {
        @Override
        public boolean test(InstanceFacts facts) {
            return facts.fails(leaf);
        }

        @Override
        public String drl() {
            return "fails(\"" + InstanceFacts.leafName(leaf) + "\")";
        }
    }

    /** All conditions are met; of none, true. */
    record Every(List<Condition> conditions) implements Condition {
        @Override
        public boolean test(InstanceFacts facts) {
            for (Condition condition : conditions) {
                if (!condition.test(facts)) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public String drl() {
            return conditions.isEmpty()
                    ? "true"
                    : conditions.stream().map(Condition::drl).collect(Collectors.joining(" && ", "(", ")"));
        }
    }

    /** One condition is met; of none, false. */
    record Some(List<Condition> conditions) implements Condition {
        @Override
        public boolean test(InstanceFacts facts) {
            for (Condition condition : conditions) {
                if (condition.test(facts)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public String drl() {
            return conditions.isEmpty()
                    ? "false"
                    : conditions.stream().map(Condition::drl).collect(Collectors.joining(" || ", "(", ")"));
        }
    }
}
