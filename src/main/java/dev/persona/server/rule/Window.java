package dev.persona.server.rule;

/**
 * Fact: a schedule of a persona that the instance is subject to.
 *
 * @param schedule what the schedule says, as in the comments of generated rules
 * @param open whether one of its windows is open now
 */
public record Window(String personaId, String schedule, boolean open) {}
