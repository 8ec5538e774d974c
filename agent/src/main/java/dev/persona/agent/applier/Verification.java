package dev.persona.agent.applier;

import java.util.Optional;

/**
 * What a look at the host found of a value.
 *
 * @param holds whether the host has the value
 * @param actual what the host shows, for people; empty if there is nothing
 */
public record Verification(boolean holds, Optional<String> actual) {}
