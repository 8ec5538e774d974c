package dev.persona.agent.api;

/** Text of a caller, made fit to be shown in a message. */
final class Shown {
    private static final int LONGEST = 80;

    private Shown() {}

    /** The text without control characters and backticks, cut after {@value #LONGEST} characters. */
    static String text(String text) {
        String cut = text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
        return cut.replaceAll("[\\p{Cntrl}`\\p{Cs}]", "?");
    }
}
