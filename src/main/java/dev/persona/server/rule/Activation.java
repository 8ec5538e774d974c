package dev.persona.server.rule;

import java.time.Instant;

/** Fact: a persona that has been active since an instant before this evaluation, other than by a pin. */
public record Activation(String personaId, int priority, Instant since) {}
