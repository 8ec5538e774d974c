package dev.persona.server.rule;

/**
 * One word, variable, number, string or sign in the text of rules.
 *
 * @param text as written
 * @param offset where it begins in the text
 */
record RuleToken(Kind kind, String text, int offset) {
    private static final int SHOWN_LIMIT = 60;

    enum Kind {
        WORD,
        /** A dollar sign and a word. */
        VARIABLE,
        NUMBER,
        /** In double quotes. */
        STRING,
        SIGN,
        /** The end of the text. */
        END
    }

    boolean is(String written) {
        return text.equals(written);
    }

    /** What a string says: its text without the quotes. */
    String string() {
        return text.substring(1, text.length() - 1);
    }

    /** The token as messages show it. */
    String shown() {
        return kind == Kind.END ? "the end" : shown(text);
    }

    /** Part of an author's text as messages show it. */
    static String shown(String text) {
        return "`" + (text.length() <= SHOWN_LIMIT ? text : text.substring(0, SHOWN_LIMIT) + "…") + "`";
    }
}
