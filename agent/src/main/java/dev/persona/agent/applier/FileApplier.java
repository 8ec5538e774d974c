package dev.persona.agent.applier;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.agent.platform.Content;
import dev.persona.agent.platform.DurableFiles;
import dev.persona.agent.platform.FileStatus;
import dev.persona.agent.platform.HostConfig;
import dev.persona.agent.platform.HostFiles;
import dev.persona.agent.platform.HostRoot;
import dev.persona.agent.platform.Ownership;
import dev.persona.agent.platform.Snapshot;
import java.io.IOException;
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

    private static final String PREFIX = "file.";
    private static final int NEW_FILE_MODE = 0644;
    private static final int OCTAL = 8;

    private final HostFiles files;
    private final DurableFiles durable;
    private final HostRoot root;
    private final Accounts accounts;
    private final Commands commands;
    private final Map<String, ? extends HostConfig.ManagedFile> declared;

    public FileApplier(
            HostFiles files, HostRoot root, Commands commands, Map<String, ? extends HostConfig.ManagedFile> declared) {
        this.files = files;
        this.durable = new DurableFiles(files);
        this.root = root;
        this.accounts = new Accounts(files, root);
        this.commands = commands;
        this.declared = Map.copyOf(declared);
    }

    @Override
    public boolean covers(String parameter) {
        return parameter.startsWith(PREFIX);
    }

    @Override
    public Support support(String parameter) throws IOException {
        Optional<String> why = whyUnusable(parameter);
        return why.isPresent() ? new Support.NotSupported(why.get()) : new Support.Supported();
    }

    private Optional<String> whyUnusable(String parameter) throws IOException {
        if (!declared.containsKey(name(parameter))) {
            return Optional.of(undeclared(parameter));
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
        HostConfig.ManagedFile file = file(parameter);
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
        return Optional.ofNullable(declared.get(name(parameter)))
                .flatMap(HostConfig.ManagedFile::reload)
                .isPresent();
    }

    private void reload(String parameter) throws IOException {
        HostConfig.ManagedFile file = file(parameter);
        if (file.reload().isPresent()) {
            run(file.reload().get(), path(parameter), file.timeout());
        }
    }

    private void run(List<String> command, Path path, Duration timeout) throws IOException {
        List<String> arguments = command.stream()
                .map(argument -> argument.equals("{file}") ? path.toString() : argument)
                .toList();
        Commands.Completion completion = commands.run(arguments, timeout);
        if (completion.exitCode() != 0) {
            throw new CommandFailedException(arguments.get(0), completion);
        }
    }

    private Ownership wantedOwnership(String parameter) throws IOException {
        HostConfig.ManagedFile file = file(parameter);
        Optional<FileStatus> now = files.status(path(parameter));
        Ownership own = files.own();
        Ownership kept = now.map(FileStatus::ownership).orElse(new Ownership(own.uid(), own.gid(), NEW_FILE_MODE));
        return new Ownership(
                file.owner().isPresent() ? accounts.uid(file.owner().get()) : kept.uid(),
                file.group().isPresent() ? accounts.gid(file.group().get()) : kept.gid(),
                file.mode().isPresent() ? mode(parameter, file.mode().get()) : kept.mode());
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

    private HostConfig.ManagedFile file(String parameter) throws IOException {
        HostConfig.ManagedFile file = declared.get(name(parameter));
        if (file == null) { // of an original in the journal, after its declaration was deleted
            throw new IOException(undeclared(parameter));
        }
        return file;
    }

    private static String undeclared(String parameter) {
        return "no such file is declared, see `persona.agent." + parameter + ".path`";
    }

    private Path path(String parameter) throws IOException {
        return root.at(file(parameter).path());
    }

    private static String name(String parameter) {
        return parameter.substring(PREFIX.length());
    }
}
