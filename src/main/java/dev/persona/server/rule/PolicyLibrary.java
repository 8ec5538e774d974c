package dev.persona.server.rule;

import java.util.List;
import java.util.Set;

/** Compiles a {@link Policy} for each distinct set of groups in use, lazily, and keeps it until its personas change. */
public interface PolicyLibrary {

    /** The policy as of now. */
    Policy forGroups(Set<String> groups);

    /** The custom rules as of now, which every policy contains as far as they concern it. */
    List<RuleDocument> customRules();
}
