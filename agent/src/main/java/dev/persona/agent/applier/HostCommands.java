package dev.persona.agent.applier;

import dev.persona.agent.platform.HostRoot;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The programs of the host that this process runs on: empty environment, no input, output and time bounded.
 *
 * <p>A program without a path is looked for in the usual folders below the host's root: so a trial in a scratch folder runs
 * none of the real host's, unless its owner declares one by its path.
 */
public final class HostCommands implements Commands {
    static final int OUTPUT_LIMIT_BYTES = 1024 * 1024;

    /** How long the rest of the output may take after a program's end: a background child can hold it open for ever. */
    private static final long REST_OF_OUTPUT_MILLIS = 500;

    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final File NOTHING = new File("/dev/null");

    private final HostRoot root;

    public HostCommands(HostRoot root) {
        this.root = root;
    }

    @Override
    public boolean has(String program) {
        return find(program).isPresent();
    }

    /** Where a program is; one with a path is where it says. */
    private Optional<String> find(String program) {
        if (program.contains("/")) {
            return Optional.of(program);
        }
        return Stream.of(PATH.split(":"))
                .map(folder -> root.at(folder + "/" + program))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .map(Path::toString)
                .findFirst();
    }

    @Override
    public Completion run(List<String> arguments, Duration timeout) throws IOException {
        List<String> command = new ArrayList<>(arguments);
        command.set(
                0,
                find(arguments.get(0))
                        .orElseThrow(() -> new IOException("`" + arguments.get(0) + "` is in none of " + PATH
                                + " below `" + root.folder() + "`")));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(new File("/")).redirectInput(NOTHING);
        builder.environment().clear();
        builder.environment().put("PATH", PATH);
        builder.environment().put("LC_ALL", "C.UTF-8");

        Process process = builder.start();
        Output output = new Output(process.getInputStream());
        Output errors = new Output(process.getErrorStream());
        try {
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException("`" + arguments.get(0) + "` has not ended within " + timeout + " and was killed");
            }
            return new Completion(process.exitValue(), output.text(), errors.text());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while `" + arguments.get(0) + "` ran; it was killed", interrupted);
        } finally {
            if (process.isAlive()) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        }
    }

    /** Reads one stream to its end, keeps the start of it. */
    private static final class Output {
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        private final Thread reader;

        Output(InputStream stream) {
            reader = new Thread(() -> read(stream), "command-output");
            reader.setDaemon(true);
            reader.start();
        }

        private void read(InputStream stream) {
            byte[] buffer = new byte[4096];
            try (stream) {
                for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
                    keep(buffer, count);
                }
            } catch (IOException closedByTheKill) {
                // What was read until then is all that there is.
            }
        }

        private synchronized void keep(byte[] buffer, int count) {
            kept.write(buffer, 0, Math.min(count, OUTPUT_LIMIT_BYTES - kept.size()));
        }

        String text() throws InterruptedException {
            reader.join(REST_OF_OUTPUT_MILLIS);
            synchronized (this) {
                String text = kept.toString(StandardCharsets.UTF_8);
                return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
            }
        }
    }
}
