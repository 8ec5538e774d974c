package dev.persona.agent.sensor;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A place in a line of text, before which all is read; blanks and tabs before each part are passed over. */
final class Cursor {
    private final String line;
    private int at;

    Cursor(String line) {
        this.line = line;
    }

    boolean isAtEnd() {
        skipBlanks();
        return at == line.length();
    }

    boolean isAt(char character) {
        return !isAtEnd() && line.charAt(at) == character;
    }

    /** Takes a character if it comes next; false if another does. */
    boolean skip(char character) {
        if (!isAt(character)) {
            return false;
        }
        at++;
        return true;
    }

    /** @throws IllegalArgumentException if another character comes next */
    void require(char character) {
        if (!skip(character)) {
            throw expected("`" + character + "`");
        }
    }

    /**
     * Takes what matches a pattern.
     *
     * @param what it is, for people
     * @throws IllegalArgumentException if nothing here does
     */
    String take(Pattern pattern, String what) {
        skipBlanks();
        Matcher next = pattern.matcher(line).region(at, line.length());
        if (!next.lookingAt()) {
            throw expected(what);
        }
        at = next.end();
        return next.group();
    }

    /**
     * Takes the rest of a quoted text and the quote at its end; {@code \\}, {@code \"} and {@code \n} are escapes.
     *
     * @throws IllegalArgumentException if it doesn't end
     */
    String quoted() {
        StringBuilder text = new StringBuilder();
        while (at < line.length()) {
            char next = line.charAt(at++);
            if (next == '"') {
                return text.toString();
            }
            if (next == '\\' && at < line.length()) {
                next = line.charAt(at++);
                next = next == 'n' ? '\n' : next;
            }
            text.append(next);
        }
        throw expected("`\"`");
    }

    IllegalArgumentException expected(String what) {
        return new IllegalArgumentException(what + " is expected at column " + (at + 1));
    }

    private void skipBlanks() {
        while (at < line.length() && (line.charAt(at) == ' ' || line.charAt(at) == '\t')) {
            at++;
        }
    }
}
