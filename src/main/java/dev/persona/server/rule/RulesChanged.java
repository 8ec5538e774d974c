package dev.persona.server.rule;

/** Told (as a CDI event, after {@link RuleSource} shows it) when other custom rules are in force. */
public record RulesChanged() {}
