package dev.persona.agent.applier;

import java.io.IOException;

/** A program of the host that ended with another exit code than 0. */
final class CommandFailedException extends IOException {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 500;

    CommandFailedException(String program, Commands.Completion completion) {
        super("`" + program + "` ended with exit code " + completion.exitCode() + said(completion));
    }

    private static String said(Commands.Completion completion) {
        String said = (completion.errors().isBlank() ? completion.output() : completion.errors()).strip();
        if (said.isEmpty()) {
            return "";
        }
        return ": " + (said.length() > SHOWN ? said.substring(0, SHOWN) + "..." : said);
    }
}
