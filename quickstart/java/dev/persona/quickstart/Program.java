package dev.persona.quickstart;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * One packaged program run as a process of its own, configured by a file, its output kept in a log.
 *
 * <p>What it runs is a runnable jar or a native executable; nobody who uses this class needs to know which.
 */
public final class Program implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(90);

    private final String name;
    private final Path artifact;
    private final Path directory;
    private final int port;
    private final Map<String, String> properties;
    private final List<String> javaOptions;
    private Process process;

    /**
     * @param artifact a runnable jar (its name ends in {@code .jar}) or an executable
     * @param directory gets the configuration file and the log; the process works in it
     * @param properties the program's configuration, the port apart
     * @param javaOptions of no use to an executable
     */
    public Program(
            String name, Path artifact, Path directory, Map<String, String> properties, List<String> javaOptions) {
        if (!Files.isReadable(artifact)) {
            throw new IllegalStateException(
                    "`" + artifact + "` isn't there; build both programs first: mvn -f all package -DskipTests");
        }
        this.name = name;
        this.artifact = artifact.toAbsolutePath();
        this.directory = directory.toAbsolutePath();
        this.port = freePort();
        this.properties = new TreeMap<>(properties);
        this.properties.put("quarkus.http.port", Integer.toString(port));
        this.javaOptions = List.copyOf(javaOptions);
    }

    /** Starts the process and waits until it serves HTTP. */
    public void start() throws IOException, InterruptedException {
        Path configuration = directory.resolve(name + ".properties");
        Files.writeString(
                configuration,
                properties.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue() + "\n")
                        .collect(Collectors.joining()));
        ProcessBuilder builder = new ProcessBuilder(command())
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        builder.environment().put("QUARKUS_CONFIG_LOCATIONS", configuration.toString());
        process = builder.start();
        process.getOutputStream().close();
        awaitReady();
    }

    /** Ends the process at once, as kill -9 does, and waits until it is gone. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Ends the process in order. */
    @Override
    public void close() {
        if (process == null) {
            return;
        }
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    public boolean isRunning() {
        return process != null && process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    /** What the process has used so far. */
    public Duration processorTime() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    public int port() {
        return port;
    }

    public Http http() {
        return new Http("http://127.0.0.1:" + port);
    }

    /** Everything that the program has printed since its first start. */
    public Path log() {
        return directory.resolve(name + ".log");
    }

    /** The command that runs the program with arguments. */
    public List<String> command(String... arguments) {
        List<String> command = new ArrayList<>();
        if (artifact.toString().endsWith(".jar")) {
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(javaOptions);
            command.add("-jar");
        }
        command.add(artifact.toString());
        command.addAll(List.of(arguments));
        return command;
    }

    private void awaitReady() throws IOException, InterruptedException {
        long end = System.nanoTime() + START_LIMIT.toNanos();
        while (System.nanoTime() < end) {
            if (!process.isAlive()) {
                throw new IllegalStateException(name + " ended with " + process.exitValue() + ":\n" + lastLines());
            }
            if (http().answers("/q/health/ready", "/status")) {
                return;
            }
            Thread.sleep(50);
        }
        throw new IllegalStateException(name + " did not serve HTTP within " + START_LIMIT + ":\n" + lastLines());
    }

    private String lastLines() throws IOException {
        List<String> lines = Files.readAllLines(log());
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
