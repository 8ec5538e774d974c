package dev.persona.server.packaging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A folder into which dpkg installs packages as if it were a host's root. Their scripts run from outside with {@code
 * DPKG_ROOT} set, so they start nothing, and what they depend on counts as present.
 */
record ScratchHost(Path root) {

    static ScratchHost in(Path root) throws IOException {
        Files.createDirectories(root.resolve("var/lib/dpkg/info"));
        Files.createDirectories(root.resolve("var/lib/dpkg/updates"));
        Files.createFile(root.resolve("var/lib/dpkg/status"));
        return new ScratchHost(root);
    }

    Path at(String path) {
        return root.resolve(path.substring(1));
    }

    Command dpkg(String action, String subject) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>();
        if (!System.getProperty("user.name").equals("root")) {
            line.add("fakeroot");
        }
        line.addAll(List.of(
                "dpkg",
                "--root=" + root,
                "--log=" + at("/var/log.txt"),
                "--force-script-chrootless,depends,confold",
                action,
                subject));
        return Command.run(line.toArray(String[]::new)).succeeds();
    }

    /** All files and links below a folder; none if it is gone. */
    List<String> files(String folder) throws IOException {
        if (!Files.exists(at(folder))) {
            return List.of();
        }
        try (Stream<Path> found = Files.walk(at(folder))) {
            return found.filter(path -> !Files.isDirectory(path))
                    .map(path -> "/" + root.relativize(path))
                    .sorted()
                    .toList();
        }
    }

    /**
     * Starts what a unit would start, with the unit's environment, all of which are paths, and its folders; only lie they
     * in this root. What the agent may change lies in a folder of its own.
     */
    Process start(String unit, Map<String, String> more, Path output) throws IOException {
        Map<String, String> settings = settings(unit);
        ProcessBuilder builder =
                new ProcessBuilder(at(settings.get("ExecStart")).toString());
        Map<String, String> environment = builder.environment();
        settings.forEach((name, value) -> {
            if (name.startsWith("Environment=")) {
                environment.put(
                        name.substring("Environment=".length()), at(value).toString());
            }
        });
        environment.put(
                "PERSONA_AGENT_ROOT", Files.createDirectories(at("/managed")).toString());
        environment.put("PERSONA_AGENT_STATE", at("/var/lib/persona-agent").toString());
        environment.putAll(more);
        Files.createDirectories(at("/var/lib/" + settings.get("StateDirectory")));
        if (settings.containsKey("CacheDirectory")) {
            Files.createDirectories(at("/var/cache/" + settings.get("CacheDirectory")));
        }
        return builder.directory(at(settings.get("WorkingDirectory")).toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    /** The settings of a unit; the name of a variable belongs to the name of its setting. */
    private Map<String, String> settings(String unit) throws IOException {
        Map<String, String> settings = new HashMap<>();
        for (String line : Files.readAllLines(at("/usr/lib/systemd/system/" + unit))) {
            int equals = line.startsWith("Environment=") ? line.lastIndexOf('=') : line.indexOf('=');
            if (equals > 0 && !line.startsWith("#")) {
                settings.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        return settings;
    }
}
