package dev.persona.agent.platform;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The files of the host that this process runs on. */
public final class LinuxFiles implements HostFiles {
    private static final int OWN_FILE_MODE = 0600;
    private static final FileAttribute<?> FOR_OWN_USER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<?> FOLDER_FOR_OWN_USER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    @Override
    public Optional<Content> read(Path file, int limit) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(limit + 1);
            if (bytes.length > limit) {
                throw new FileSystemException(file.toString(), null, "is larger than " + limit + " bytes");
            }
            return Optional.of(Content.of(bytes));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        } catch (IOException failure) {
            throw naming(file, failure);
        }
    }

    @Override
    public Optional<FileStatus> status(Path path) throws IOException {
        try {
            Map<String, Object> read = Files.readAttributes(
                    path, "unix:uid,gid,mode,isRegularFile,isDirectory,isSymbolicLink", LinkOption.NOFOLLOW_LINKS);
            Ownership ownership = new Ownership(
                    (int) read.get("uid"), (int) read.get("gid"), (int) read.get("mode") & Ownership.MODE_BITS);
            return Optional.of(new FileStatus(kind(read), ownership));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        }
    }

    private static FileStatus.Kind kind(Map<String, Object> read) {
        if ((boolean) read.get("isRegularFile")) {
            return FileStatus.Kind.FILE;
        }
        if ((boolean) read.get("isDirectory")) {
            return FileStatus.Kind.FOLDER;
        }
        return (boolean) read.get("isSymbolicLink") ? FileStatus.Kind.LINK : FileStatus.Kind.OTHER;
    }

    @Override
    public void write(Path file, Content content) throws IOException {
        put(file, content, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
    }

    @Override
    public void create(Path file, Content content, Ownership ownership) throws IOException {
        Set<OpenOption> options = Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
        try (FileChannel channel = FileChannel.open(file, options, FOR_OWN_USER)) {
            writeAll(channel, content);
        } catch (IOException failure) {
            throw naming(file, failure);
        }
        Ownership made = status(file)
                .orElseThrow(() -> new NoSuchFileException(file.toString()))
                .ownership();
        if (made.uid() != ownership.uid()) {
            Files.setAttribute(file, "unix:uid", ownership.uid());
        }
        if (made.gid() != ownership.gid()) {
            Files.setAttribute(file, "unix:gid", ownership.gid());
        }
        if (made.mode() != ownership.mode()) { // last: chown(2) clears the set-user-id bits
            Files.setAttribute(file, "unix:mode", ownership.mode());
        }
    }

    @Override
    public void append(Path file, Content content) throws IOException {
        put(file, content, StandardOpenOption.APPEND);
    }

    @Override
    public void sync(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        } catch (IOException failure) {
            throw naming(file, failure);
        }
    }

    @Override
    public void syncFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException failure) {
            throw naming(folder, failure);
        }
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public boolean delete(Path file) throws IOException {
        return Files.deleteIfExists(file);
    }

    @Override
    public void createFolders(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        createFolders(folder.getParent());
        Files.createDirectory(folder, FOLDER_FOR_OWN_USER);
        syncFolder(folder.getParent());
    }

    @Override
    public Ownership own() throws IOException {
        Map<String, Object> self = Files.readAttributes(Path.of("/proc/self"), "unix:uid,gid");
        return new Ownership((int) self.get("uid"), (int) self.get("gid"), OWN_FILE_MODE);
    }

    private static void put(Path file, Content content, OpenOption... options) throws IOException {
        try (FileChannel channel = FileChannel.open(file, options)) {
            writeAll(channel, content);
        } catch (IOException failure) {
            throw naming(file, failure);
        }
    }

    /** Where the kernel's error comes from a read or write, Java doesn't say which file it was. */
    private static FileSystemException naming(Path file, IOException failure) {
        if (failure instanceof FileSystemException named) {
            return named;
        }
        FileSystemException named = new FileSystemException(file.toString(), null, failure.getMessage());
        named.initCause(failure);
        return named;
    }

    private static void writeAll(FileChannel channel, Content content) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(content.bytes());
        do {
            channel.write(buffer);
        } while (buffer.hasRemaining());
    }
}
