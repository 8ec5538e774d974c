package dev.persona.agent.applier;

import dev.persona.agent.platform.HostRoot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * Stand-ins for programs of the host, each a real executable below the root of a test. They note how they were called, and
 * fail if a test says so.
 */
public final class Programs {
    private static final Path SOURCES = Path.of("src/test/resources/programs");

    private Programs() {}

    /** Puts programs into {@code /usr/sbin} of a host. */
    public static void install(HostRoot root, String... programs) {
        try {
            Path folder = Files.createDirectories(root.at("/usr/sbin"));
            Files.copy(SOURCES.resolve("recorded"), folder.resolve("recorded"), StandardCopyOption.REPLACE_EXISTING);
            for (String program : programs) {
                Path file = folder.resolve(program);
                Files.copy(SOURCES.resolve(program), file, StandardCopyOption.REPLACE_EXISTING);
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Puts a program into {@code /usr/sbin} of a host that runs a script of its own. */
    public static void script(HostRoot root, String program, String script) throws IOException {
        Path file = Files.createDirectories(root.at("/usr/sbin")).resolve(program);
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** How they were called so far: name, then each argument in angle brackets. */
    public static List<String> calls(HostRoot root) throws IOException {
        Path calls = root.folder().resolveSibling("calls");
        return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
    }

    /** From now on they all {@code exit} with 3, {@code hang}, or do their work for any other word. */
    public static void trouble(HostRoot root, String trouble) throws IOException {
        Files.writeString(root.folder().resolveSibling("trouble"), trouble);
    }
}
