package dev.persona.server.rule;

import java.time.Instant;

/**
 * Fact: a persona that is active, other than by a pin. Its begin and its end are seen one second late.
 *
 * @param moment of the decision
 */
public record Activation(String personaId, int priority, Instant since, Moment moment) {

    /** Whether it has been active for some seconds, 1 or more. */
    public boolean activeFor(double seconds) {
        return moment.hasPassed(since, seconds);
    }
}
