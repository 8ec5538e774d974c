package dev.persona.agent.platform;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The few things that this agent does with files, each of which can fail alone; tests stand a file system in that loses
 * or tears what was not synced.
 *
 * <p>Links are never followed at the last step of a path, except to read and to write in place.
 */
public interface HostFiles {

    /**
     * All bytes of a file; empty if there is no such file.
     *
     * @param limit bytes at most
     * @throws IOException also if the file is larger than the limit
     */
    Optional<Content> read(Path file, int limit) throws IOException;

    /** What stands at a path; empty if nothing does. */
    Optional<FileStatus> status(Path path) throws IOException;

    /** Overwrites a file that exists, in one write where the kernel takes it so; durable only after {@link #sync}. */
    void write(Path file, Content content) throws IOException;

    /** Makes a new file; fails if there is one. */
    void create(Path file, Content content, Ownership ownership) throws IOException;

    /** Adds to the end of a file that exists; durable only after {@link #sync}. */
    void append(Path file, Content content) throws IOException;

    /** fsync(2): returns when the file's bytes will survive a loss of power. */
    void sync(Path file) throws IOException;

    /** fsync(2) on a folder: returns when names made, renamed and deleted in it will survive a loss of power. */
    void syncFolder(Path folder) throws IOException;

    /** rename(2): replaces the target atomically. */
    void rename(Path from, Path to) throws IOException;

    /** Deletes a file; false if there was none. */
    boolean delete(Path file) throws IOException;

    /** Makes a folder for this agent's own files, and those above it, durably, where they are missing. */
    void createFolders(Path folder) throws IOException;

    /** Whose a file is that this process creates for itself: readable by its user alone. */
    Ownership own() throws IOException;
}
