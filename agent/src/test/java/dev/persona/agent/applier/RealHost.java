package dev.persona.agent.applier;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.persona.agent.platform.HostRoot;
import dev.persona.agent.platform.LinuxFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * The programs of the machine that runs the tests, for tests of the real thing. What it lacks ends a test as aborted, with
 * the reason in the report; a test with a stand-in runs the same logic everywhere.
 */
final class RealHost {
    private static final HostCommands COMMANDS = new HostCommands(new HostRoot(Path.of("/")));
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private RealHost() {}

    /** @param what is not tested without, as in "tc" */
    static void needsRootAnd(String what, String... programs) throws IOException {
        assumeTrue(new LinuxFiles().own().uid() == 0, "the real " + what + " is not tested: this is not root");
        for (String program : programs) {
            assumeTrue(
                    COMMANDS.has(program),
                    "the real " + what + " is not tested: this machine has no `" + program
                            + "`; scripts/install-test-tools installs it");
        }
    }

    /** Ends a test as aborted if a command fails, with what it said. */
    static void needs(String what, String... command) throws IOException {
        Commands.Completion completion = COMMANDS.run(List.of(command), PATIENCE);
        assumeTrue(
                completion.exitCode() == 0,
                "the real " + what + " is not tested: `" + String.join(" ", command) + "`: " + completion.errors());
    }

    static String output(String... command) throws IOException {
        return COMMANDS.succeed(List.of(command), PATIENCE).output();
    }

    /** A network namespace of a test's own, with interfaces that come in pairs. */
    record Network(String name) implements AutoCloseable {

        static Network make(String what, String... interfaces) throws IOException {
            needsRootAnd(what, "ip");
            Network network = new Network("persona-" + ProcessHandle.current().pid() + "-" + System.nanoTime());
            needs(what, "ip", "netns", "add", network.name);
            for (String each : interfaces) {
                needs(what, "ip", "-n", network.name, "link", "add", each, "type", "veth", "peer", "name", each + "p");
                output("ip", "-n", network.name, "link", "set", each, "up");
                output("ip", "-n", network.name, "link", "set", each + "p", "up");
            }
            return network;
        }

        String run(String... command) throws IOException {
            return output(Stream.concat(Stream.of("ip", "netns", "exec", name), Stream.of(command))
                    .toArray(String[]::new));
        }

        /** Makes a program of a test's root run the real one in here. */
        void hold(HostRoot root, String program) throws IOException {
            Programs.script(root, program, "exec ip netns exec " + name + " " + program + " \"$@\"");
        }

        @Override
        public void close() throws IOException {
            output("ip", "netns", "del", name);
        }
    }

    /** Runs a program until it is closed. */
    static Process start(Path log, List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    /** Waits for a condition that the start of a program brings about; aborts the test if it doesn't. */
    static void await(String what, Path log, Condition condition) throws IOException {
        try {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofMillis(50))
                    .ignoreExceptions()
                    .until(condition::holds);
        } catch (ConditionTimeoutException late) {
            assumeTrue(false, "the real " + what + " is not tested, it does not start here: " + Files.readString(log));
        }
    }

    /** Something that becomes true. */
    interface Condition {
        boolean holds() throws Exception;
    }
}
