package dev.persona.agent.applier;

import java.io.IOException;

/** A program of the host that ended with another exit code than 0. */
final class CommandFailedException extends IOException {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 500;

    CommandFailedException(String program, Commands.Completion completion) {
        super("`" + program + "` ended with exit code " + completion.exitCode()
                + (completion.output().isBlank()
                        ? ""
                        : ": " + start(completion.output().strip())));
    }

    private static String start(String output) {
        return output.length() > SHOWN ? output.substring(0, SHOWN) + "..." : output;
    }
}
