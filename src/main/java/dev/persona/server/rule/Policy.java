package dev.persona.server.rule;

/** The compiled personas and custom rules that concern one set of groups; immutable, shared by all its instances. */
public final class Policy {}
