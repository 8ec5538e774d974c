package dev.persona.agent.sensor;

import dev.persona.agent.platform.Accounts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.function.Supplier;

/** The {@link Accounts} of this host, read again only when one of the two files has changed. */
final class AccountFiles implements Supplier<Accounts> {
    private static final FileTime ABSENT = FileTime.fromMillis(0);

    private final Path passwd;
    private final Path group;
    private List<FileTime> readAt = List.of();
    private Accounts accounts = Accounts.parse("", "");

    AccountFiles(Path etc) {
        this.passwd = etc.resolve("passwd");
        this.group = etc.resolve("group");
    }

    @Override
    public Accounts get() {
        try {
            List<FileTime> changedAt = List.of(changedAt(passwd), changedAt(group));
            if (!changedAt.equals(readAt)) {
                accounts = Accounts.parse(text(passwd), text(group));
                readAt = changedAt;
            }
            return accounts;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static FileTime changedAt(Path file) throws IOException {
        try {
            return Files.getLastModifiedTime(file);
        } catch (NoSuchFileException e) {
            return ABSENT;
        }
    }

    private static String text(Path file) throws IOException {
        // Every byte is a character here, so that a name in another encoding can't make the whole file unreadable.
        return Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
    }
}
