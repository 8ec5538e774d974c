package dev.persona.server.rule;

import java.time.Instant;
import java.util.Set;

/**
 * Fact: the instance that is being decided, and the instant of the decision.
 *
 * @param groups the persona groups that it is subject to
 */
public record Instance(String id, Set<String> groups, Instant at) {
    public Instance {
        groups = Set.copyOf(groups);
    }
}
