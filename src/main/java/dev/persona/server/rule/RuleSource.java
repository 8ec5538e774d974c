package dev.persona.server.rule;

import dev.persona.server.platform.PolicyException;
import java.util.List;

/** Where the custom rules of this server come from. */
public interface RuleSource extends RuleObserver {

    /** Those in force, in order of name. */
    List<RuleDocument> rules();

    /** All that can be used, in force or not, in order of name. */
    List<RuleDocument> stored();

    /**
     * Compiles a text as it would be if it was stored.
     *
     * @throws PolicyException INVALID_DOCUMENT with every fault
     */
    RuleDocument compile(String name, String drl);
}
