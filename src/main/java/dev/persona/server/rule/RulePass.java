package dev.persona.server.rule;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What came of running custom rules on the facts of one instance, once.
 *
 * @param fired the names of the rules whose conditions were met
 * @param failures of rules, whose consequences are left out
 * @param comparisons how many there were to make at most, see {@link RuleBounds}; none if they weren't made
 */
public record RulePass(
        List<Consequences.Request> requests,
        List<Consequences.Claim> claims,
        Set<String> fired,
        List<Failure> failures,
        long comparisons) {
    public static final RulePass NOTHING = new RulePass(List.of(), List.of(), Set.of(), List.of(), 0);

    public RulePass {
        requests = List.copyOf(requests);
        claims = List.copyOf(claims);
        fired = Set.copyOf(fired);
        failures = List.copyOf(failures);
    }

    /**
     * Custom rules that threw, asked for what there isn't, or took too much.
     *
     * @param document the name of the document
     * @param rule empty if all rules of the document are concerned
     */
    public record Failure(String document, String rule, String cause) {}

    /** What failed as a whole and wasn't run. */
    static RulePass failed(String document, String cause) {
        return failed(document, cause, 0);
    }

    /** What failed as a whole while it ran. */
    static RulePass failed(String document, String cause, long comparisons) {
        return new RulePass(List.of(), List.of(), Set.of(), List.of(new Failure(document, "", cause)), comparisons);
    }

    /** Both together. */
    RulePass and(RulePass other) {
        return new RulePass(
                joined(requests, other.requests),
                joined(claims, other.claims),
                Set.copyOf(joined(List.copyOf(fired), List.copyOf(other.fired))),
                joined(failures, other.failures),
                comparisons + other.comparisons);
    }

    private static <T> List<T> joined(List<T> first, List<T> second) {
        List<T> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}
