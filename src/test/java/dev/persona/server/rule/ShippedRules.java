package dev.persona.server.rule;

import java.time.Instant;
import java.util.List;

/** The rules that ship with the server, all of them in force, and nobody told how they fare. */
public final class ShippedRules implements RuleSource {
    private static final List<RuleDocument> DOCUMENTS = RuleDocuments.texts().entrySet().stream()
            .map(text -> RuleDocuments.compile(text.getKey(), text.getValue(), RuleBounds.USUAL))
            .toList();

    @Override
    public List<RuleDocument> rules() {
        return DOCUMENTS;
    }

    @Override
    public List<RuleDocument> stored() {
        return DOCUMENTS;
    }

    @Override
    public RuleDocument compile(String name, String drl) {
        return RuleDocument.compile(name, drl);
    }

    @Override
    public void ran(RuleDocument document, String instanceId, Instant at, RulePass pass) {}
}
