package dev.persona.server.rule;

import java.util.Set;

/** Fact: a user who is logged in on the instance, with the groups that are known. */
public record UserSession(String name, Set<String> groups) {
    public UserSession {
        groups = Set.copyOf(groups);
    }
}
