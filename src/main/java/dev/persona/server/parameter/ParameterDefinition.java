package dev.persona.server.parameter;

/**
 * One parameter, or one family of them, that can be configured on a host.
 *
 * @param name as in {@code cpu.weight}, or {@code io.max.<device>} where a part can be chosen
 * @param unit of a bare number; empty if it has none
 * @param source the document that defines what the value means: a path in the Linux kernel's documentation, or a page of
 *     the manual
 */
public record ParameterDefinition(String name, ParameterType type, String unit, String description, String source) {}
