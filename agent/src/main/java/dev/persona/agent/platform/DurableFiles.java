package dev.persona.agent.platform;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Changes to ordinary files that are there wholly or not at all after a crash or a loss of power, and that stay once the
 * call has returned.
 *
 * <p>A file is replaced by way of a sibling named {@code .<name>.persona-agent}; one that a crash left behind is
 * overwritten or deleted by the next change of the same file.
 */
public final class DurableFiles {
    private final HostFiles files;

    public DurableFiles(HostFiles files) {
        this.files = files;
    }

    /** Looks at a new file before it takes its place. */
    @FunctionalInterface
    public interface Check {
        /** @throws IOException if the file must not take its place */
        void accept(Path candidate) throws IOException;
    }

    /** All bytes of a file; empty if there is no such file. */
    public Optional<Content> read(Path file, int limit) throws IOException {
        return files.read(file, limit);
    }

    /** Gives a file, or a new one, this content and owner. */
    public void replace(Path file, Content content, Ownership ownership) throws IOException {
        replace(file, content, ownership, candidate -> {});
    }

    /** Replaces a file if the check accepts the new one. */
    public void replace(Path file, Content content, Ownership ownership, Check check) throws IOException {
        Path candidate = sibling(file);
        files.delete(candidate);
        try {
            files.create(candidate, content, ownership);
            files.sync(candidate);
            check.accept(candidate);
            files.rename(candidate, file);
        } catch (IOException | RuntimeException failure) {
            deleteQuietly(candidate, failure);
            throw failure;
        }
        files.syncFolder(file.getParent());
    }

    /** Replaces a file of this agent's own, which only its user may read. */
    public void replaceOwn(Path file, Content content) throws IOException {
        replace(file, content, files.own());
    }

    /** Adds to the end of a file that exists. After a failure the end of the file is unknown. */
    public void append(Path file, Content content) throws IOException {
        files.append(file, content);
        files.sync(file);
    }

    /** Deletes a file if there is one. */
    public void delete(Path file) throws IOException {
        boolean deleted = files.delete(sibling(file));
        if (files.delete(file) || deleted) {
            files.syncFolder(file.getParent());
        }
    }

    private void deleteQuietly(Path candidate, Exception failure) {
        try {
            files.delete(candidate);
        } catch (IOException alsoFailed) {
            failure.addSuppressed(alsoFailed);
        }
    }

    private static Path sibling(Path file) {
        return file.resolveSibling("." + file.getFileName() + ".persona-agent");
    }
}
