package dev.persona.server.rule;

import java.time.Instant;

/** Somebody who is told how custom rules fare; called by whoever decides, so it must not block. */
@FunctionalInterface
public interface RuleObserver {

    /** Takes note of nothing. */
    RuleObserver NOBODY = (document, instanceId, at, pass) -> {};

    /** Told after each pass of a document over the facts of an instance. */
    void ran(RuleDocument document, String instanceId, Instant at, RulePass pass);
}
