package dev.persona.server.rule;

import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * Facts that a test has listed.
 *
 * @param personas that the instance is subject to
 */
record ListedFacts(List<?> facts, Set<String> personas) implements RuleFacts {

    /** Facts of an instance that is subject to the persona of the rule that ships with the server. */
    ListedFacts(List<?> facts) {
        this(facts, Set.of("memory-pressure"));
    }

    @Override
    public Instance instance() {
        return facts.stream()
                .filter(Instance.class::isInstance)
                .map(Instance.class::cast)
                .findFirst()
                .orElseGet(() -> new Instance("i-1", Set.of()));
    }

    @Override
    public Instant at() {
        return Instant.EPOCH;
    }

    @Override
    public List<?> of(Class<?> type) {
        return facts.stream().filter(type::isInstance).toList();
    }

    @Override
    public boolean isSubjectTo(String personaId) {
        return personas.contains(personaId);
    }
}
