package dev.persona.server.closedworld;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Has all programs that the integration tests start write down what they reflect on: the tests get scripts in place of
 * executables, and {@link ClosedWorldIT} judges what was written.
 *
 * <p>Only if the system property {@code persona.recording} is true.
 */
public final class RecordingSession implements LauncherSessionListener {
    static final Path FOLDER = Path.of("target/closed-world").toAbsolutePath();

    /** Where the packaged programs lie, by name. */
    static final Map<String, Path> PROGRAMS = Map.of(
            "server",
            Path.of("target").toAbsolutePath(),
            "agent",
            Path.of("agent/target").toAbsolutePath());

    /** What is initialized at run time, as {@code quarkus.native.additional-build-args} of the agent says. */
    private static final String LATE = "oshi.,com.sun.jna.";

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        if (!Boolean.getBoolean("persona.recording")) {
            return;
        }
        try {
            if (Files.exists(FOLDER)) {
                try (Stream<Path> before = Files.walk(FOLDER)) {
                    for (Path path : before.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(path);
                    }
                }
            }
            RecordingRuntime.write(FOLDER.resolve("java.base"));
            for (Map.Entry<String, Path> program : PROGRAMS.entrySet()) {
                Path script = script(program.getKey(), program.getValue().resolve("quarkus-app"));
                System.setProperty("persona.artifact." + program.getKey(), script.toString());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a program on one flat class path, as native executables and the packages' launcher have it. */
    private static Path script(String name, Path program) throws IOException {
        Path script = Files.createFile(
                FOLDER.resolve(name),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        List<String> options = RecordingRuntime.options(
                FOLDER.resolve("java.base"),
                FOLDER.resolve(name + ".accesses"),
                FOLDER.resolve(name + ".classes"),
                LATE);
        return Files.writeString(
                script,
                """
                #!/bin/sh
                exec "%s/bin/java" %s -cp "%s" dev.persona.%s.Main "$@"
                """
                        .formatted(
                                System.getProperty("java.home"),
                                options.stream()
                                        .map(option -> '"' + option + '"')
                                        .collect(Collectors.joining(" ")),
                                String.join(
                                        ":",
                                        jars(program).stream()
                                                .map(Path::toString)
                                                .toList()),
                                name));
    }

    /** The class path of a packaged program, in the order of Quarkus' own loader. */
    static List<Path> jars(Path program) throws IOException {
        List<Path> jars = new ArrayList<>();
        for (String folder : List.of("quarkus", "app", "lib/boot", "lib/main")) {
            try (Stream<Path> files = Files.list(program.resolve(folder))) {
                files.filter(file -> file.toString().endsWith(".jar")).sorted().forEach(jars::add);
            }
        }
        return jars;
    }
}
