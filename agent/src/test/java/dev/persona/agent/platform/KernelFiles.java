package dev.persona.agent.platform;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Optional;

/** A real file tree in which the kernel's files show what was written the way that the kernel does. */
public record KernelFiles(HostFiles files) implements HostFiles {
    private static final int LIMIT_BYTES = 64 * 1024;

    @Override
    public void write(Path file, Content content) throws IOException {
        files.write(file, shown(file, files.read(file, LIMIT_BYTES).orElse(content), content));
    }

    /**
     * What a file shows after something was written.
     *
     * @throws IOException if the kernel refuses it
     */
    static Content shown(Path file, Content before, Content written) throws IOException {
        return switch (file.getFileName().toString()) {
            case "scheduler", "enabled" -> Content.of(chosen(file, before.shown(), written.shown()));
            case "read_ahead_kb" -> Content.of(Integer.parseInt(written.shown()) / 4 * 4 + "\n");
            case "io.max" -> Content.of(limits(before.shown(), written.shown()));
            default -> written;
        };
    }

    private static String chosen(Path file, String before, String written) throws IOException {
        String choices = before.replaceAll("[\\[\\]]", "");
        if (!(" " + choices + " ").contains(" " + written + " ")) {
            throw new FileSystemException(file.toString(), null, "Invalid argument");
        }
        return (" " + choices + " ")
                        .replace(" " + written + " ", " [" + written + "] ")
                        .strip() + "\n";
    }

    /** One line for each device that has a limit. */
    private static String limits(String before, String written) {
        String device = written.substring(0, written.indexOf(' '));
        StringBuilder lines = new StringBuilder();
        before.lines().filter(line -> !line.startsWith(device + " ")).forEach(line -> lines.append(line + "\n"));
        return written.endsWith("rbps=max wbps=max riops=max wiops=max")
                ? lines.toString()
                : lines.append(written + "\n").toString();
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
