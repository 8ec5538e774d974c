package dev.persona.server.platform;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * One thing that is wrong with a document.
 *
 * @param pointer JSON pointer (RFC 6901) to the place, empty for the whole document
 * @param detail names the thing in backticks and the remedy
 */
@RegisterForReflection
public record Fault(String pointer, String detail) {}
