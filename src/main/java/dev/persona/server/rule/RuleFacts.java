package dev.persona.server.rule;

import java.time.Instant;
import java.util.List;

/** What is the case on one instance at one instant, given out by type: facts that no rule asks for are never made. */
public interface RuleFacts {

    /** The instance that is being decided. */
    Instance instance();

    /** The instant that is being decided. */
    Instant at();

    /** All facts of one type of the vocabulary, always in the same order. */
    List<?> of(Class<?> type);

    /** Whether the instance is subject to a persona. */
    boolean isSubjectTo(String personaId);
}
