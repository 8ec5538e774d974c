package dev.persona.agent.api;

/**
 * One thing that is wrong with a document, or that the host did not take.
 *
 * @param pointer JSON pointer (RFC 6901) to the place, empty for the whole document
 * @param detail names the thing in backticks and the remedy
 */
record Fault(String pointer, String detail) {

    /** A fault of a field of the document. */
    static Fault of(String field, String detail) {
        return new Fault("/" + field.replace("~", "~0").replace("/", "~1"), "`" + field + "` " + detail);
    }
}
