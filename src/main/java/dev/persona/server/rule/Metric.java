package dev.persona.server.rule;

import java.time.Instant;

/**
 * Fact: a metric of the instance, as last reported; there is none for a metric that is stale.
 *
 * @param moment of the decision
 */
public record Metric(String name, double value, Instant reportedAt, Moment moment) {

    /** Whether it was reported within the last seconds, 1 or more: [reportedAt, reportedAt + seconds). */
    public boolean reportedWithin(double seconds) {
        return !moment.hasPassed(reportedAt, seconds);
    }
}
