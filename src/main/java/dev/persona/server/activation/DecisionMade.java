package dev.persona.server.activation;

import dev.persona.server.decision.Decision;

/** Told (as a CDI event, after it is stored) when another decision is in force on an instance; observers don't block. */
public record DecisionMade(String instanceId, Decision decision) {}
