package dev.persona.agent.applier;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.agent.platform.Accounts;
import dev.persona.agent.platform.Content;
import dev.persona.agent.platform.DurableFiles;
import dev.persona.agent.platform.FileStatus;
import dev.persona.agent.platform.HostConfig;
import dev.persona.agent.platform.HostFiles;
import dev.persona.agent.platform.HostRoot;
import dev.persona.agent.platform.Ownership;
import dev.persona.agent.platform.Snapshot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code file.<name>}: the whole content of a file that the host's owner declared.
 *
 * <p>The file is replaced atomically, checked before and reloaded after if so declared. Restoring brings back content,
 * owner and mode byte for byte, or deletes the file; extended attributes and access control lists are not kept.
 */
public final class FileApplier implements Applier {
    /** Bytes that a managed file may have, now and as wanted. */
    static final int LIMIT_BYTES = 1024 * 1024;

    private static final String PASSWD = "/etc/passwd";
    private static final String GROUP = "/etc/group";
    private static final int ACCOUNTS_LIMIT_BYTES = 4 * 1024 * 1024;
    private static final int NEW_FILE_MODE = 0644;
    private static final int OCTAL = 8;

    private final HostFiles files;
    private final DurableFiles durable;
    private final HostRoot root;
    private final Commands commands;
    private final Declared<HostConfig.ManagedFile> declared;

    public FileApplier(
            HostFiles files, HostRoot root, Commands commands, Map<String, ? extends HostConfig.ManagedFile> declared) {
        this.files = files;
        this.durable = new DurableFiles(files);
        this.root = root;
        this.commands = commands;
        this.declared = new Declared<>("file.", "file is", "path", declared);
    }

    @Override
    public boolean covers(String parameter) {
        return declared.covers(parameter);
    }

    @Override
    public Support support(String parameter) throws IOException {
        return Support.unless(whyUnusable(parameter));
    }

    private Optional<String> whyUnusable(String parameter) throws IOException {
        if (declared.find(parameter).isEmpty()) {
            return Optional.of(declared.undeclared(parameter));
        }
        Path path = path(parameter);
        Optional<FileStatus> folder = files.status(path.getParent());
        if (folder.isEmpty() || folder.get().kind() != FileStatus.Kind.FOLDER) {
            return Optional.of("`" + path.getParent() + "` is no folder");
        }
        Optional<FileStatus> file = files.status(path);
        return file.isEmpty() || file.get().isFile()
                ? Optional.empty()
                : Optional.of("`" + path + "` is no ordinary file; declare the path of one");
    }

    @Override
    public Snapshot read(String parameter) throws IOException {
        Path path = path(parameter);
        Optional<FileStatus> status = files.status(path);
        Optional<Content> content = status.isEmpty() ? Optional.empty() : files.read(path, LIMIT_BYTES);
        return content.isEmpty()
                ? Snapshot.absent()
                : Snapshot.of(content.get(), status.get().ownership());
    }

    @Override
    public void apply(String parameter, JsonNode value) throws IOException {
        Content content = content(parameter, value);
        HostConfig.ManagedFile file = declared.of(parameter);
        durable.replace(path(parameter), content, wantedOwnership(parameter), candidate -> {
            if (file.validate().isPresent()) {
                run(file.validate().get(), candidate, file.timeout());
            }
        });
        reload(parameter);
    }

    @Override
    public Verification verify(String parameter, JsonNode value) throws IOException {
        Snapshot actual = read(parameter);
        boolean holds = actual.content().equals(Optional.of(content(parameter, value)))
                && actual.ownership().equals(Optional.of(wantedOwnership(parameter)));
        return new Verification(holds, actual.shown());
    }

    @Override
    public void restore(String parameter, Snapshot original) throws IOException {
        Path path = path(parameter);
        if (original.content().isPresent()) {
            durable.replace(path, original.content().get(), original.ownership().orElseThrow());
        } else {
            durable.delete(path);
        }
        reload(parameter);
    }

    @Override
    public boolean isResetAtBoot(String parameter) {
        return false;
    }

    @Override
    public boolean hasFurtherEffects(String parameter) {
        return declared.find(parameter).flatMap(HostConfig.ManagedFile::reload).isPresent();
    }

    private void reload(String parameter) throws IOException {
        HostConfig.ManagedFile file = declared.of(parameter);
        if (file.reload().isPresent()) {
            run(file.reload().get(), path(parameter), file.timeout());
        }
    }

    private void run(List<String> command, Path path, Duration timeout) throws IOException {
        List<String> arguments = command.stream()
                .map(argument -> argument.equals("{file}") ? path.toString() : argument)
                .toList();
        commands.succeed(arguments, timeout);
    }

    private Ownership wantedOwnership(String parameter) throws IOException {
        HostConfig.ManagedFile file = declared.of(parameter);
        Optional<FileStatus> now = files.status(path(parameter));
        Ownership own = files.own();
        Ownership kept = now.map(FileStatus::ownership).orElse(new Ownership(own.uid(), own.gid(), NEW_FILE_MODE));
        return new Ownership(
                file.owner().isPresent() ? uid(file.owner().get()) : kept.uid(),
                file.group().isPresent() ? gid(file.group().get()) : kept.gid(),
                file.mode().isPresent() ? mode(parameter, file.mode().get()) : kept.mode());
    }

    private int uid(String owner) throws IOException {
        return accounts().uid(owner).orElseThrow(() -> unknown(owner, PASSWD));
    }

    private int gid(String group) throws IOException {
        return accounts().gid(group).orElseThrow(() -> unknown(group, GROUP));
    }

    private IOException unknown(String name, String file) {
        return new IOException("`" + name + "` is not in `" + root.at(file) + "`");
    }

    private Accounts accounts() throws IOException {
        return Accounts.parse(text(PASSWD), text(GROUP));
    }

    /** Every byte is a character here, so that a name in another encoding can't make the whole file unreadable. */
    private String text(String file) throws IOException {
        return files.read(root.at(file), ACCOUNTS_LIMIT_BYTES)
                .map(content -> new String(content.bytes(), StandardCharsets.ISO_8859_1))
                .orElse("");
    }

    private static int mode(String parameter, String octal) throws IOException {
        try {
            return Integer.parseInt(octal, OCTAL) & Ownership.MODE_BITS;
        } catch (NumberFormatException notOctal) {
            throw new IOException(
                    "`persona.agent." + parameter + ".mode` must be octal like `0644`, not `" + octal + "`");
        }
    }

    private static Content content(String parameter, JsonNode value) throws UnusableValueException {
        if (!value.isTextual()) {
            throw new UnusableValueException(parameter, KernelFile.excerpt(value), "the text of a file");
        }
        Content content = Content.of(value.textValue());
        if (content.size() > LIMIT_BYTES) {
            throw new UnusableValueException(
                    parameter, KernelFile.excerpt(value), "a text of at most " + LIMIT_BYTES + " bytes");
        }
        return content;
    }

    private Path path(String parameter) throws IOException {
        return root.at(declared.of(parameter).path());
    }
}
