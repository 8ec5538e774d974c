package dev.persona.server.rule;

import java.time.Instant;

/** Fact: a metric of the instance, as last reported; there is none for a metric that is stale. */
public record Metric(String name, double value, Instant reportedAt) {}
