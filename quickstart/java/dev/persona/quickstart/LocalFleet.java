package dev.persona.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A fleet of one: server and agent as processes on this machine, all their state in one directory.
 *
 * <p>The agent works below a root of its own: in a scratch root ordinary files stand in for the kernel's, so that any user
 * can run it; the root {@code /} is the real host.
 */
public final class LocalFleet implements AutoCloseable {
    public static final String INSTANCE = "quickstart-host";
    public static final String GROUP = "quickstart";

    private static final int LONGEST_FILE = 65_536;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Program server;
    private final Program agent;
    private final Path root;

    private LocalFleet(Program server, Program agent, Path root) {
        this.server = server;
        this.agent = agent;
        this.root = root;
    }

    /**
     * A fleet whose agent works below a scratch root in {@code directory}.
     *
     * @param further configuration of the agent beside the fleet's own
     */
    public static LocalFleet withScratchRoot(Path project, Path directory, Map<String, String> further)
            throws IOException {
        Path root = directory.resolve("root");
        LocalFleet fleet = of(
                project,
                directory,
                root,
                List.of(
                        "sysctl.vm.swappiness",
                        "sysctl.net.core.somaxconn",
                        "cpu.weight",
                        "memory.high",
                        "file.motd",
                        "custom.*"),
                further);
        fleet.write("proc/sys/vm/swappiness", "60\n");
        fleet.write("proc/sys/net/core/somaxconn", "4096\n");
        fleet.write("sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory pids\n");
        fleet.write("sys/fs/cgroup/persona.slice/cpu.weight", "100\n");
        fleet.write("sys/fs/cgroup/persona.slice/memory.high", "max\n");
        fleet.write("etc/motd", "Welcome.\n");
        return fleet;
    }

    /** A fleet whose agent works on the real host. */
    public static LocalFleet onRealHost(Path project, Path directory) throws IOException {
        return of(project, directory, Path.of("/"), List.of("sysctl.vm.swappiness"), Map.of());
    }

    private static LocalFleet of(
            Path project, Path directory, Path root, List<String> permitted, Map<String, String> further)
            throws IOException {
        Files.createDirectories(directory);
        Program server = server(project, directory);
        Map<String, String> settings = new LinkedHashMap<>(further);
        settings.put("persona.agent.instance-id", INSTANCE);
        settings.put("persona.agent.server.url", "http://127.0.0.1:" + server.port());
        settings.put("persona.agent.tags.persona_group", GROUP);
        settings.put("persona.agent.report-interval", "PT1S");
        settings.put("persona.agent.on-stop", "restore");
        settings.put("persona.agent.state", directory.resolve("state").toString());
        settings.put("persona.agent.root", root.toString());
        settings.put("persona.agent.cgroup.slice", "persona.slice");
        settings.put("persona.agent.file.motd.path", "/etc/motd");
        for (int i = 0; i < permitted.size(); i++) {
            settings.put("persona.agent.permit[" + i + "].parameter", permitted.get(i));
        }
        Program agent = new Program(
                "agent",
                artifact("agent", project.resolve("agent/target/quarkus-app/quarkus-run.jar")),
                directory,
                settings,
                List.of());
        return new LocalFleet(server, agent, root);
    }

    /** The server by itself, its data in {@code directory}. */
    public static Program server(Path project, Path directory) {
        return server(project, directory, Map.of(), List.of());
    }

    /**
     * The server by itself, its data in {@code directory}.
     *
     * @param further configuration beside that
     * @param javaOptions of its JVM
     */
    public static Program server(Path project, Path directory, Map<String, String> further, List<String> javaOptions) {
        Map<String, String> settings = new LinkedHashMap<>(further);
        settings.put("persona.data.dir", directory.resolve("data").toString());
        return new Program(
                "server",
                artifact("server", project.resolve("target/quarkus-app/quarkus-run.jar")),
                directory,
                settings,
                javaOptions);
    }

    /** The system property {@code persona.artifact.NAME} names another artifact than the build's, a native executable say. */
    private static Path artifact(String name, Path built) {
        return Optional.ofNullable(System.getProperty("persona.artifact." + name))
                .map(Path::of)
                .orElse(built);
    }

    public void start() throws IOException, InterruptedException {
        server.start();
        agent.start();
    }

    public Program server() {
        return server;
    }

    public Program agent() {
        return agent;
    }

    /** A file of the host, by its path below the root. */
    public String read(String path) throws IOException {
        // In one read, as the kernel wants it for its files.
        try (InputStream file = Files.newInputStream(root.resolve(path))) {
            return new String(file.readNBytes(LONGEST_FILE), StandardCharsets.UTF_8);
        }
    }

    /** The directory that the agent takes for the host's root. */
    public Path root() {
        return root;
    }

    /** Every file of the host below the root with its content; for a scratch root only. */
    public SortedMap<String, String> files() throws IOException {
        SortedMap<String, String> files = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                files.put(root.relativize(path).toString(), Files.readString(path));
            }
        }
        return files;
    }

    /** Asks for the decision until it is as expected, and gives it. */
    public JsonNode awaitDecision(String what, Predicate<JsonNode> expected) throws IOException, InterruptedException {
        return await(what, server.http(), "/instances/" + INSTANCE + "/decision", expected);
    }

    /** Asks for the instance until its description is as expected, and gives it. */
    public JsonNode awaitInstance(String what, Predicate<JsonNode> expected) throws IOException, InterruptedException {
        return await(what, server.http(), "/instances/" + INSTANCE, expected);
    }

    /** Reads a file of the host until it has a content. */
    public void awaitFile(String path, String content) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!read(path).equals(content)) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException(
                        "`" + path + "` still is `" + read(path).strip() + "`, expected `" + content.strip() + "`");
            }
            Thread.sleep(50);
        }
    }

    private static JsonNode await(String what, Http http, String path, Predicate<JsonNode> expected)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            Http.Answer answer = http.get(path);
            if (answer.status() == 200 && expected.test(answer.body())) {
                return answer.body();
            }
            if (System.nanoTime() > end) {
                throw new NeverCameException("never came: " + what + "; the last answer was " + answer.status() + " "
                        + answer.body().toPrettyString());
            }
            Thread.sleep(100);
        }
    }

    /** Writes a file of the host, by its path below the root. */
    public void write(String path, String content) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    /** Ends both programs in order; the agent puts back what it applied. */
    @Override
    public void close() {
        agent.close();
        server.close();
    }
}
