package dev.persona.agent.applier;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A program of the host that a family of parameters needs.
 *
 * @param timeout for each run; a program that takes longer is killed
 */
record Tool(Commands commands, String program, Duration timeout) {

    /** Empty if this host has the program. */
    Optional<String> whyMissing() {
        return commands.has(program)
                ? Optional.empty()
                : Optional.of("this host has no program `" + program + "`; install it");
    }

    /** Runs it to its end, whatever its exit code. */
    Commands.Completion run(String... arguments) throws IOException {
        return commands.run(with(arguments), timeout);
    }

    /** Runs it, and returns what it printed. @throws IOException also if it fails */
    String output(String... arguments) throws IOException {
        return commands.succeed(with(arguments), timeout).output();
    }

    private List<String> with(String... arguments) {
        return Stream.concat(Stream.of(program), Stream.of(arguments)).toList();
    }
}
