package dev.persona.server.rule;

import java.util.Set;

/**
 * Fact: the instance that is being decided.
 *
 * @param groups the persona groups that it is subject to
 */
public record Instance(String id, Set<String> groups) {
    public Instance {
        groups = Set.copyOf(groups);
    }
}
