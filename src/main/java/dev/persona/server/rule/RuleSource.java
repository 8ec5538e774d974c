package dev.persona.server.rule;

import java.util.List;

/** Where the custom rules of this server come from. */
public interface RuleSource extends RuleObserver {

    /** Those in force, in order of name. */
    List<RuleDocument> rules();
}
