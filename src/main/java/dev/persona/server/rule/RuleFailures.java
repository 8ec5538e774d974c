package dev.persona.server.rule;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts how often in a row custom rules have failed, for each rule and instance by itself: elsewhere they may never
 * fire. A pass in which a rule doesn't fire counts for nothing.
 */
public final class RuleFailures {
    private final int limit;
    private final Map<Row, Integer> rows = new ConcurrentHashMap<>();

    private record Row(String document, String instanceId, String rule) {}

    /** @param limit how many failures in a row are enough, 1 or more */
    public RuleFailures(int limit) {
        this.limit = limit;
    }

    /** Takes note of a pass; answers the failure that makes it enough, if one does. */
    public Optional<RulePass.Failure> enough(String document, String instanceId, RulePass pass) {
        if (pass.failures().isEmpty() && rows.isEmpty()) {
            return Optional.empty();
        }
        Optional<RulePass.Failure> enough = Optional.empty();
        boolean whole = false;
        for (RulePass.Failure failure : pass.failures()) {
            whole |= failure.rule().isEmpty();
            int inARow = rows.merge(new Row(document, instanceId, failure.rule()), 1, Integer::sum);
            enough = inARow >= limit ? Optional.of(failure) : enough;
        }
        if (!whole) {
            rows.remove(new Row(document, instanceId, ""));
        }
        pass.fired().stream()
                .filter(rule -> pass.failures().stream()
                        .noneMatch(failure -> failure.rule().equals(rule)))
                .forEach(rule -> rows.remove(new Row(document, instanceId, rule)));
        return enough;
    }

    /** Begins to count anew: the document is another now. */
    public void forget(String document) {
        rows.keySet().removeIf(row -> row.document().equals(document));
    }
}
