package dev.persona.server.rule;

/**
 * One thing that is wrong with the text of custom rules.
 *
 * @param rule the rule's name, empty if the place is in no rule
 * @param line 1 for the first
 * @param column 1 for the first
 * @param message names the thing in backticks and the remedy
 */
record RuleFault(String rule, int line, int column, String message) {

    /** As in {@code line 15, column 5, rule `Night`: `System` can't be used here}. */
    @Override
    public String toString() {
        return "line " + line + ", column " + column + (rule.isEmpty() ? "" : ", rule `" + rule + "`") + ": " + message;
    }
}
