package dev.persona.agent.platform;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A real file tree in which the kernel's files show what was written the way that the kernel does. */
public record KernelFiles(HostFiles files) implements HostFiles {
    private static final int LIMIT_BYTES = 64 * 1024;

    @Override
    public void write(Path file, Content content) throws IOException {
        for (Map.Entry<Path, Content> shown : shown(file, content, this::now).entrySet()) {
            files.write(shown.getKey(), shown.getValue());
        }
    }

    private Content now(Path file) throws IOException {
        return files.read(file, LIMIT_BYTES).orElse(Content.of(""));
    }

    /** What a file shows now; nothing if there is none. */
    interface Shown {
        Content now(Path file) throws IOException;
    }

    /**
     * What the file to which something was written shows then, and any other that changes with it.
     *
     * @throws IOException if the kernel refuses it
     */
    static Map<Path, Content> shown(Path file, Content written, Shown before) throws IOException {
        String name = file.getFileName().toString();
        return switch (name) {
            case "scheduler", "enabled" ->
                Map.of(file, chosen(file, before.now(file).shown(), written.shown()));
            case "read_ahead_kb" -> Map.of(file, Content.of(Integer.parseInt(written.shown()) / 4 * 4 + "\n"));
            case "io.max" -> Map.of(file, limits(before.now(file).shown(), written.shown()));
            case "energy_performance_preference" -> {
                if (before.now(file.resolveSibling("scaling_governor")).shown().equals("performance")) {
                    throw new FileSystemException(file.toString(), null, "Device or resource busy");
                }
                yield Map.of(file, written);
            }
            case "dirty_bytes", "dirty_ratio" -> {
                if (before.now(file).equals(written)) {
                    yield Map.of();
                }
                if (name.equals("dirty_bytes") && written.shown().equals("0")) {
                    throw new FileSystemException(file.toString(), null, "Invalid argument");
                }
                Path counterpart = file.resolveSibling(name.equals("dirty_bytes") ? "dirty_ratio" : "dirty_bytes");
                yield Map.of(file, written, counterpart, Content.of("0\n"));
            }
            default -> Map.of(file, written);
        };
    }

    private static Content chosen(Path file, String before, String written) throws IOException {
        String choices = before.replaceAll("[\\[\\]]", "");
        if (!(" " + choices + " ").contains(" " + written + " ")) {
            throw new FileSystemException(file.toString(), null, "Invalid argument");
        }
        return Content.of((" " + choices + " ")
                        .replace(" " + written + " ", " [" + written + "] ")
                        .strip()
                + "\n");
    }

    /** One line for each device that has a limit. */
    private static Content limits(String before, String written) {
        String device = written.substring(0, written.indexOf(' '));
        String unlimited = device + " rbps=max wbps=max riops=max wiops=max";
        return Content.of(Stream.concat(
                        before.lines().filter(line -> !line.startsWith(device + " ")),
                        Stream.of(written).filter(line -> !line.equals(unlimited)))
                .sorted()
                .map(line -> line + "\n")
                .collect(Collectors.joining()));
    }

    @Override
    public Optional<Content> read(Path file, int limit) throws IOException {
        return files.read(file, limit);
    }

    @Override
    public Optional<FileStatus> status(Path path) throws IOException {
        return files.status(path);
    }

    @Override
    public void create(Path file, Content content, Ownership ownership) throws IOException {
        files.create(file, content, ownership);
    }

    @Override
    public void append(Path file, Content content) throws IOException {
        files.append(file, content);
    }

    @Override
    public void sync(Path file) throws IOException {
        files.sync(file);
    }

    @Override
    public void syncFolder(Path folder) throws IOException {
        files.syncFolder(folder);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        files.rename(from, to);
    }

    @Override
    public boolean delete(Path file) throws IOException {
        return files.delete(file);
    }

    @Override
    public void createFolders(Path folder) throws IOException {
        files.createFolders(folder);
    }

    @Override
    public Ownership own() throws IOException {
        return files.own();
    }
}
