package dev.persona.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Plays {@code ./quickstart.sh} as a user does. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class QuickstartIT {
    @TempDir
    Path directory;

    @Test
    void the_story_ends_with_everything_as_it_was() throws Exception {
        Process quickstart = start();

        assertThat(quickstart.waitFor()).as(output()).isZero();

        assertThat(output())
                .contains("conflict on cpu.weight: lockdown wins over high-load, everyday")
                .contains("Everything is as it was before, byte for byte.");
        assertThat(leftBehind()).isEmpty();
    }

    @Test
    void control_c_leaves_nothing_behind() throws Exception {
        Process quickstart = start();
        await().atMost(Duration.ofMinutes(2)).until(() -> output().contains("`high-load` has seen three busy seconds"));
        List<ProcessHandle> programs = quickstart.descendants().toList();

        // What a terminal's Ctrl-C sends.
        new ProcessBuilder("kill", "-INT", Long.toString(quickstart.pid()))
                .start()
                .waitFor();

        assertThat(quickstart.waitFor()).isNotZero();
        assertThat(output())
                .contains("Interrupted; everything is as it was before.")
                .doesNotContain("Exception");
        assertThat(programs).isNotEmpty().noneMatch(ProcessHandle::isAlive);
        assertThat(leftBehind()).isEmpty();
    }

    private Process start() throws IOException {
        Files.createDirectories(directory.resolve("tmp"));
        // A build in the background ignores SIGINT, and its children would inherit that.
        ProcessBuilder builder = new ProcessBuilder("env", "--default-signal=INT", "./quickstart.sh")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile());
        String artifacts = Stream.of("persona.artifact.server", "persona.artifact.agent")
                .filter(name -> System.getProperty(name) != null)
                .map(name -> " -D" + name + "=" + System.getProperty(name))
                .collect(Collectors.joining());
        builder.environment().put("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + directory.resolve("tmp") + artifacts);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder.start();
    }

    private String output() throws IOException {
        return Files.readString(directory.resolve("output"));
    }

    /** What stands in the temporary directory beside what JVMs keep there while they run. */
    private List<Path> leftBehind() throws IOException {
        try (Stream<Path> paths = Files.list(directory.resolve("tmp"))) {
            return paths.filter(path -> path.getFileName().toString().startsWith("persona-quickstart-"))
                    .toList();
        }
    }
}
