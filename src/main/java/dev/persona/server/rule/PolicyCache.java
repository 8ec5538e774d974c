package dev.persona.server.rule;

import dev.persona.server.persona.PersonaSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Keeps the compiled policy of each distinct set of groups. A changed persona drops the sets that it concerns; they are
 * compiled anew when next asked for. A policy in use is never changed.
 */
public final class PolicyCache implements PolicyLibrary {
    private final PersonaSource personas;
    private final RuleObserver observer;
    private final Function<Supplier<Policy>, Policy> stopwatch;
    private final Map<Set<String>, Policy> policies = new ConcurrentHashMap<>();
    private volatile List<RuleDocument> customRules;

    /** Nobody is told how the custom rules fare. */
    public PolicyCache(PersonaSource personas, List<RuleDocument> customRules) {
        this(personas, customRules, RuleObserver.NOBODY);
    }

    /** @param observer told how the custom rules fare */
    public PolicyCache(PersonaSource personas, List<RuleDocument> customRules, RuleObserver observer) {
        this(personas, customRules, observer, Supplier::get);
    }

    /**
     * @param stopwatch passes a compilation through, and measures it
     */
    PolicyCache(
            PersonaSource personas,
            List<RuleDocument> customRules,
            RuleObserver observer,
            Function<Supplier<Policy>, Policy> stopwatch) {
        this.personas = personas;
        this.customRules = List.copyOf(customRules);
        this.observer = observer;
        this.stopwatch = stopwatch;
    }

    @Override
    public Policy forGroups(Set<String> groups) {
        Policy policy = policies.get(groups);
        return policy != null ? policy : compile(Set.copyOf(groups));
    }

    @Override
    public List<RuleDocument> customRules() {
        return customRules;
    }

    /** Drops every policy in which one of these groups is; call after the change is stored. */
    public synchronized void drop(Set<String> groups) {
        policies.keySet().removeIf(key -> !Collections.disjoint(key, groups));
    }

    /** Drops every policy. */
    public synchronized void dropAll() {
        policies.clear();
    }

    /** Gives every policy other custom rules; those who use one go on with it until they ask again. */
    public synchronized void use(List<RuleDocument> documents) {
        customRules = List.copyOf(documents);
        policies.replaceAll((groups, policy) -> policy.with(customRules));
    }

    // INVARIANT: no policy enters between a change and its drop, or it would stay with personas of before the change.
    private synchronized Policy compile(Set<String> groups) {
        return policies.computeIfAbsent(
                groups, key -> stopwatch.apply(() -> Policy.compile(key, personas.personas(), customRules, observer)));
    }
}
