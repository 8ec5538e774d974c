package dev.persona.agent.applier;

import dev.persona.agent.platform.HostRoot;
import dev.persona.agent.platform.SimulatedFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The stand-ins of {@link Programs} on a host in memory. What a run prints and changes is found out once, by the executable
 * itself in a folder, and remembered by its arguments and all that it could read: so thousands of hosts can be simulated.
 */
public final class SimulatedPrograms {
    /** By program what it reads and changes, but for hidden files. */
    private static final Map<String, List<String>> PLACES = Map.of(
            "tc", List.of("run/tc"),
            "systemctl", List.of("run/systemctl", "run/systemd", "etc/ssh"),
            "sshd", List.of("etc/ssh"),
            "nft", List.of("run/nft", "etc/persona-agent"),
            "virsh", List.of("run/virsh"));

    /** The root of every host that is simulated, so that paths in arguments mean the same in memory and in the folder. */
    public static final HostRoot ROOT = root();

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Map<Run, Outcome> KNOWN = new HashMap<>();

    private final SimulatedFiles files;

    private record Run(List<String> arguments, Map<Path, String> seen) {}

    private record Outcome(Commands.Completion completion, Map<Path, Optional<String>> changes) {}

    public SimulatedPrograms(SimulatedFiles files) {
        this.files = files;
    }

    /** Whether there is a stand-in for a program. */
    public static boolean has(String program) {
        return PLACES.containsKey(program);
    }

    /** Runs one of them to its end. */
    public Commands.Completion run(List<String> arguments) {
        Map<Path, String> seen = files.texts(places(arguments.get(0)));
        Outcome outcome = KNOWN.computeIfAbsent(new Run(List.copyOf(arguments), seen), SimulatedPrograms::findOut);
        outcome.changes.forEach(files::place);
        return outcome.completion;
    }

    private static List<Path> places(String program) {
        return PLACES.get(program).stream().map(ROOT::at).toList();
    }

    private static Outcome findOut(Run run) {
        try {
            List<Path> places = places(run.arguments.get(0));
            for (Path place : places) {
                Files.createDirectories(place);
                for (Path old : filesBelow(place)) {
                    Files.delete(old);
                }
            }
            for (Map.Entry<Path, String> file : run.seen.entrySet()) {
                Files.createDirectories(file.getKey().getParent());
                Files.writeString(file.getKey(), file.getValue());
            }
            Commands.Completion completion = new HostCommands(ROOT).run(run.arguments, PATIENCE);
            Map<Path, Optional<String>> changes = new TreeMap<>();
            run.seen.keySet().forEach(path -> changes.put(path, Optional.empty()));
            for (Path place : places) {
                for (Path path : filesBelow(place)) {
                    changes.put(path, Optional.of(Files.readString(path)));
                }
            }
            changes.entrySet()
                    .removeIf(change -> change.getValue().equals(Optional.ofNullable(run.seen.get(change.getKey()))));
            return new Outcome(completion, changes);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static List<Path> filesBelow(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.filter(path -> Files.isRegularFile(path) && !SimulatedFiles.isHidden(path))
                    .toList();
        }
    }

    private static HostRoot root() {
        try {
            Path folder = Files.createDirectories(Path.of("target").toAbsolutePath());
            HostRoot root = new HostRoot(Files.createDirectory(
                    Files.createTempDirectory(folder, "simulated").resolve("root")));
            Programs.install(root, PLACES.keySet().toArray(String[]::new));
            return root;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
