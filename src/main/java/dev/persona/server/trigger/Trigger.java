package dev.persona.server.trigger;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * One condition under which a persona begins or ends.
 *
 * <p>Triggers are plain values: two that say the same are equal, and share their state on an instance. Their truth is
 * three-valued (Kleene): a threshold on a metric that is not reported is unknown.
 */
public sealed interface Trigger {

    /** The truth that follows from that of the leaves. */
    Truth truth(Function<Leaf, Truth> leaves);

    /** The leaves in order of appearance; one that appears twice is there twice. */
    Stream<Leaf> leaves();

    /** A condition that looks at the world itself; its state is kept per instance. */
    sealed interface Leaf extends Trigger permits Threshold, Schedule, EventSubscription, UserProfile {
        @Override
        default Truth truth(Function<Leaf, Truth> leaves) {
            return leaves.apply(this);
        }

        @Override
        default Stream<Leaf> leaves() {
            return Stream.of(this);
        }
    }

    /**
     * A metric that compares with a value, for some time.
     *
     * @param heldFor how long the comparison must hold without a break before the trigger is true; zero or more
     * @param clearValue once true, the trigger stays true until {@code metric operator clearValue} has been false
     *     without a break for {@code clearFor}; on the side of {@code value} that makes a band
     */
    record Threshold(
            String metric, Operator operator, double value, Duration heldFor, double clearValue, Duration clearFor)
            implements Leaf {

        /** How a metric compares with a value. */
        public enum Operator {
            GREATER(">"),
            GREATER_OR_EQUAL(">="),
            LESS("<"),
            LESS_OR_EQUAL("<="),
            EQUAL("=="),
            NOT_EQUAL("!=");

            private final String symbol;

            Operator(String symbol) {
                this.symbol = symbol;
            }

            public String symbol() {
                return symbol;
            }

            public boolean test(double left, double right) {
                return switch (this) {
                    case GREATER -> left > right;
                    case GREATER_OR_EQUAL -> left >= right;
                    case LESS -> left < right;
                    case LESS_OR_EQUAL -> left <= right;
                    case EQUAL -> left == right;
                    case NOT_EQUAL -> left != right;
                };
            }
        }
    }

    /** Windows of time; true while now is inside one of them. */
    record Schedule(Windows windows) implements Leaf {}

    /**
     * Events that match.
     *
     * @param source glob over the CloudEvents source; absent means any
     * @param where conditions on attributes and data, all of which must hold
     * @param hold how long the trigger stays true after an event; absent means a pulse, true in one decision only
     * @param burst how many events must lie within which time; absent means every event counts
     */
    record EventSubscription(
            String eventType,
            Optional<Glob> source,
            List<EventCondition> where,
            Optional<Duration> hold,
            Optional<Burst> burst)
            implements Leaf {
        public EventSubscription {
            where = List.copyOf(where);
        }

        /** Whether an event with these CloudEvents attributes and this data matches. */
        public boolean matches(Map<String, String> attributes, JsonNode data) {
            return eventType.equals(attributes.get("type"))
                    && source.map(glob -> glob.matches(attributes.getOrDefault("source", "")))
                            .orElse(true)
                    && where.stream().allMatch(condition -> condition.matches(attributes, data));
        }

        /**
         * At least so many events within a time: at instant t those in (t - within, t] count.
         *
         * @param atLeast 1 or more
         * @param within longer than zero
         */
        public record Burst(int atLeast, Duration within) {}
    }

    /** A user who is logged in: one whose name matches one of {@code users}, or one of whose groups one of {@code groups}. */
    record UserProfile(Set<Glob> users, Set<Glob> groups) implements Leaf {
        public UserProfile {
            users = Set.copyOf(users);
            groups = Set.copyOf(groups);
        }

        /** Whether a user with this name, in these groups, matches. */
        public boolean matches(String name, Set<String> groupsOfUser) {
            return users.stream().anyMatch(glob -> glob.matches(name))
                    || groups.stream().anyMatch(glob -> groupsOfUser.stream().anyMatch(glob::matches));
        }
    }

    /** True when all are true, false when one is false, else unknown. */
    record All(List<Trigger> triggers) implements Trigger {
        public All {
            triggers = List.copyOf(triggers);
        }

        @Override
        public Truth truth(Function<Leaf, Truth> leaves) {
            Truth truth = Truth.TRUE;
            for (Trigger trigger : triggers) {
                truth = truth.and(trigger.truth(leaves));
            }
            return truth;
        }

        @Override
        public Stream<Leaf> leaves() {
            return triggers.stream().flatMap(Trigger::leaves);
        }
    }

    /** True when one is true, false when all are false, else unknown. */
    record Any(List<Trigger> triggers) implements Trigger {
        public Any {
            triggers = List.copyOf(triggers);
        }

        @Override
        public Truth truth(Function<Leaf, Truth> leaves) {
            Truth truth = Truth.FALSE;
            for (Trigger trigger : triggers) {
                truth = truth.or(trigger.truth(leaves));
            }
            return truth;
        }

        @Override
        public Stream<Leaf> leaves() {
            return triggers.stream().flatMap(Trigger::leaves);
        }
    }

    /** True when the other is false, false when it is true, else unknown. */
    record Not(Trigger trigger) implements Trigger {
        @Override
        public Truth truth(Function<Leaf, Truth> leaves) {
            return trigger.truth(leaves).not();
        }

        @Override
        public Stream<Leaf> leaves() {
            return trigger.leaves();
        }
    }
}
