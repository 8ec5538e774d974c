package dev.persona.server.decision;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.persona.server.rule.Policy;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Something that the world tells about one instance. Inputs of one instant are taken together and decided once.
 *
 * <p>Their order within an instant never matters: of two values of one metric the larger counts; users reported twice
 * count together; a {@code user.logout} event wins over whatever says that the user is logged in. Only of two inputs that
 * replace each other as a whole ({@link PolicyChange}, {@link StandingOrders}) does the last in the list count.
 */
public sealed interface Input {

    /** The compiled personas and rules that the instance is subject to from now on: they, or its groups, have changed. */
    record PolicyChange(Policy policy) implements Input {}

    /**
     * Metrics as sampled; each value holds until the next report of that metric, at most until it is stale.
     *
     * @param metrics finite values by metric name
     */
    record Metrics(Map<String, Double> metrics) implements Input {
        public Metrics {
            metrics = Map.copyOf(metrics);
            metrics.forEach((name, value) -> {
                if (!Double.isFinite(value)) {
                    throw new IllegalArgumentException("metric `" + name + "` is no finite number");
                }
            });
        }
    }

    /** All users that the instance's agent sees logged in; replaces those reported before. */
    record Users(Set<User> users) implements Input {
        public Users {
            users = Set.copyOf(users);
        }
    }

    /** A user session, as told by the agent or by a {@code user.login} event. */
    record User(String name, Set<String> groups) {
        public User {
            groups = Set.copyOf(groups);
        }
    }

    /**
     * An event, already known to be no duplicate.
     *
     * @param attributes CloudEvents context attributes and extensions by name, {@code type} and {@code source} among them
     */
    record Event(Map<String, String> attributes, JsonNode data) implements Input {
        public Event {
            attributes = Map.copyOf(attributes);
        }
    }

    /** The pins and the hold that stand on the instance from now on; replaces those told before. */
    record StandingOrders(List<Pin> pins, Optional<Hold> hold) implements Input {
        public StandingOrders {
            pins = List.copyOf(pins);
        }
    }

    /** A persona that somebody made active by hand, regardless of its triggers; [since, until). */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    record Pin(String personaId, String by, String reason, Instant since, Optional<Instant> until) {
        boolean standsAt(Instant instant) {
            return !instant.isBefore(since) && until.map(instant::isBefore).orElse(true);
        }
    }

    /** Nothing is applied on the instance while it is held; [since, until). */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    record Hold(String by, String reason, Instant since, Optional<Instant> until) {
        boolean standsAt(Instant instant) {
            return !instant.isBefore(since) && until.map(instant::isBefore).orElse(true);
        }
    }
}
