package dev.persona.agent.platform;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a second agent from the same state folder, where each would overwrite what the other remembers.
 *
 * <p>It is a lock of fcntl(2) on the file {@code lock}: the kernel releases it when the process ends, however it ends.
 */
public final class StateLock implements AutoCloseable {
    private final FileChannel channel;

    private StateLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Makes the folder if it is missing, and takes the lock.
     *
     * @throws ConfigurationException if another agent holds it, or the folder can't be used
     */
    public static StateLock take(Path folder) {
        Path file = folder.resolve("lock");
        try {
            new LinuxFiles().createFolders(folder);
            FileChannel channel = FileChannel.open(
                    file,
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            return locked(channel)
                    .orElseThrow(() -> new ConfigurationException("another agent is at work in `" + folder
                            + "`; stop it, or give this one a folder of its own in `persona.agent.state`"));
        } catch (IOException failure) {
            throw new ConfigurationException(
                    "the folder `persona.agent.state` can't be used: " + Failure.reason(failure));
        }
    }

    private static Optional<StateLock> locked(FileChannel channel) throws IOException {
        @Nullable FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException heldByThisProcess) {
            // As if another process held it.
        }
        if (lock == null) {
            channel.close();
            return Optional.empty();
        }
        return Optional.of(new StateLock(channel));
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
