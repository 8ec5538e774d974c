package dev.persona.agent.tuned;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * An option of a profile that did not become a parameter.
 *
 * @param value as it is after variables and functions
 * @param reason for people, and where there is one the remedy
 */
@RegisterForReflection
public record NotImported(String section, String option, String value, String reason) {}
