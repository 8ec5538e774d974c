package dev.persona.agent.applier;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Runs programs of the host; tests stand in programs that fail. */
@FunctionalInterface
public interface Commands {

    /**
     * Runs a program to its end, without a shell.
     *
     * @param arguments the program, then its arguments, each one argument whatever it contains
     * @throws IOException if the program can't be started, or has not ended within the timeout and was killed
     */
    Completion run(List<String> arguments, Duration timeout) throws IOException;

    /** Whether this host has a program. */
    default boolean has(String program) {
        return true;
    }

    /**
     * Runs a program that has to succeed.
     *
     * @throws IOException also if it ends with another exit code than 0, with what it said
     */
    default Completion succeed(List<String> arguments, Duration timeout) throws IOException {
        Completion completion = run(arguments, timeout);
        if (completion.exitCode() != 0) {
            throw new CommandFailedException(arguments.get(0), completion);
        }
        return completion;
    }

    /**
     * How a program ended.
     *
     * @param output what it printed on standard output, cut off at a limit, without the last newline
     * @param errors likewise on standard error
     */
    record Completion(int exitCode, String output, String errors) {}
}
