package dev.persona.server.rule;

/**
 * One thing that is wrong with the text of custom rules.
 *
 * @param rule the rule's name, empty if the place is in no rule
 * @param line 1 for the first, 0 if unknown
 * @param column 1 for the first, 0 if unknown
 * @param message names the thing in backticks and the remedy
 */
record RuleFault(String rule, int line, int column, String message) {

    /** As in {@code line 15, column 5, rule `Night`: `System` can't be used here}. */
    @Override
    public String toString() {
        return "line " + line + (column == 0 ? "" : ", column " + column)
                + (rule.isEmpty() ? "" : ", rule `" + rule + "`") + ": " + message;
    }
}
