package dev.persona.agent.platform;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A file system in memory that can fail, stop or lose power at any of its operations.
 *
 * <p>It keeps what a disk would: what was not synced may be there after a loss of power wholly, in part, as garbage or
 * not at all, contents and names each for themselves. What lies below {@code proc}, {@code sys} and {@code run} is never on
 * the disk and begins anew with each boot. An operation that fails, or in which the process is killed, may be done, not done
 * or half done; only a sync that fails is none.
 */
public final class SimulatedFiles implements HostFiles {
    private static final Ownership OWN = new Ownership(0, 0, 0600);
    private static final List<String> VOLATILE = List.of("proc", "sys", "run");
    private static final Ownership KERNEL = new Ownership(0, 0, 0644);

    /** The process was killed: nothing of it goes on. */
    public static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** What happens when an operation's turn has come. */
    @FunctionalInterface
    public interface Trouble {
        Trouble NONE = (operation, what, path) -> {};

        /**
         * @param operation counted from 1
         * @param what the operation's name
         * @throws IOException if the operation fails
         * @throws Killed if the process ends within this operation
         */
        void before(int operation, String what, Path path) throws IOException;
    }

    private static final class Inode {
        private byte[] live;
        private Optional<byte[]> synced = Optional.empty();
        private final Ownership ownership;

        Inode(byte[] live, Ownership ownership) {
            this.live = live;
            this.ownership = ownership;
        }
    }

    /** A name made or unmade, not yet synced. */
    private record NameChange(Path name, Optional<Inode> inode) {}

    private final Path root;
    private final TreeMap<Path, Inode> names = new TreeMap<>();
    private final Map<Path, Inode> syncedNames = new TreeMap<>();
    private final Map<Path, List<List<NameChange>>> unsyncedNames = new LinkedHashMap<>();
    private final TreeSet<Path> folders = new TreeSet<>();
    private final Map<Path, String> boot = new TreeMap<>();
    private SplittableRandom random = new SplittableRandom(1);
    private Trouble trouble = Trouble.NONE;
    private boolean dead;
    private boolean tearing;
    private int operations;
    private int boots;

    /** @param root below which {@code proc}, {@code sys} and {@code run} live in memory only */
    public SimulatedFiles(Path root) {
        this.root = root;
    }

    /** Puts a file there as it was long before. */
    public void put(Path file, String text, Ownership ownership) {
        Inode inode = new Inode(Content.of(text).bytes(), ownership);
        inode.synced = Optional.of(inode.live);
        names.put(file, inode);
        syncedNames.put(file, inode);
        for (Path folder = file.getParent(); folder != null; folder = folder.getParent()) {
            folders.add(folder);
        }
        if (isVolatile(file)) {
            boot.put(file, text);
        }
    }

    public void putKernel(Path file, String text) {
        put(file, text, KERNEL);
    }

    /** From now on; counts operations anew. */
    public void meet(Trouble next, SplittableRandom chance) {
        trouble = next;
        random = chance;
        operations = 0;
        dead = false;
    }

    public int operations() {
        return operations;
    }

    /** Everything below a folder, as text with owner and mode. */
    public Map<Path, String> tree(Path folder) {
        Map<Path, String> tree = new TreeMap<>();
        names.forEach((name, inode) -> {
            if (name.startsWith(folder)) {
                tree.put(
                        name,
                        Content.of(inode.live) + " " + inode.ownership.uid() + " "
                                + Integer.toOctalString(inode.ownership.mode()));
            }
        });
        return tree;
    }

    public Optional<String> text(Path file) {
        return Optional.ofNullable(names.get(file))
                .map(inode -> Content.of(inode.live).text().orElseThrow());
    }

    /** The files below folders that are not hidden. */
    public Map<Path, String> texts(List<Path> places) {
        Map<Path, String> texts = new TreeMap<>();
        for (Path folder : places) {
            for (Map.Entry<Path, Inode> file : names.tailMap(folder).entrySet()) {
                if (!file.getKey().startsWith(folder)) {
                    break;
                }
                if (!isHidden(file.getKey())) {
                    texts.put(file.getKey(), new String(file.getValue().live, StandardCharsets.UTF_8));
                }
            }
        }
        return texts;
    }

    /** As ls(1) takes it. */
    public static boolean isHidden(Path path) {
        return path.getFileName().toString().startsWith(".");
    }

    /** Another process overwrites a file, makes one below {@code run}, or deletes it if there is no text. */
    public void place(Path file, Optional<String> text) {
        if (text.isEmpty()) {
            names.remove(file);
        } else {
            byte[] bytes = Content.of(text.get()).bytes();
            names.computeIfAbsent(file, made -> new Inode(bytes, KERNEL)).live = bytes;
        }
    }

    /** The process ended; the kernel lives on, and with it all that was written. */
    public void restartProcess() {
        meet(Trouble.NONE, random);
    }

    /** The machine lost power and boots: the kernel begins anew, and of the disk remains what chance leaves. */
    public void losePower() {
        unsyncedNames
                .values()
                .forEach(changes -> changes.forEach(change -> {
                    if (random.nextBoolean()) {
                        change.forEach(this::settle);
                    }
                }));
        unsyncedNames.clear();
        syncedNames.keySet().removeIf(this::isVolatile);
        folders.removeIf(this::isVolatile);
        names.clear();
        names.putAll(syncedNames);
        names.forEach((name, inode) -> {
            inode.live = remains(inode);
            inode.synced = Optional.of(inode.live);
        });
        boots++;
        boot.forEach((name, text) -> putKernel(name, text));
        putKernel(root.resolve("proc/sys/kernel/random/boot_id"), "boot-" + boots + "\n");
        meet(Trouble.NONE, random);
    }

    private void settle(NameChange change) {
        if (change.inode().isPresent()) {
            syncedNames.put(change.name(), change.inode().get());
        } else {
            syncedNames.remove(change.name());
        }
    }

    /** What was synced, with nothing, some, garbage or all of what came after. */
    private byte[] remains(Inode inode) {
        byte[] old = inode.synced.orElse(new byte[0]);
        if (Arrays.equals(old, inode.live)) {
            return old;
        }
        int kept = commonPrefix(old, inode.live);
        return switch (random.nextInt(4)) {
            case 0 -> old;
            case 1 -> inode.live;
            case 2 -> Arrays.copyOf(inode.live, kept + random.nextInt(inode.live.length - kept + 1));
            default -> {
                byte[] garbage = inode.live.clone();
                for (int index = kept; index < garbage.length; index++) {
                    garbage[index] = random.nextBoolean() ? 0 : (byte) random.nextInt(256);
                }
                yield garbage;
            }
        };
    }

    private static int commonPrefix(byte[] one, byte[] other) {
        int mismatch = Arrays.mismatch(one, other);
        return mismatch < 0 ? one.length : mismatch;
    }

    @Override
    public Optional<Content> read(Path file, int limit) throws IOException {
        step("read", file);
        Inode inode = names.get(file);
        if (inode != null && inode.live.length > limit) {
            throw new FileSystemException(file.toString(), null, "is larger than " + limit + " bytes");
        }
        return Optional.ofNullable(inode).map(found -> Content.of(found.live));
    }

    @Override
    public Optional<FileStatus> status(Path path) throws IOException {
        step("status", path);
        if (folders.contains(path)) {
            return Optional.of(new FileStatus(FileStatus.Kind.FOLDER, new Ownership(0, 0, 0755)));
        }
        return Optional.ofNullable(names.get(path)).map(inode -> new FileStatus(FileStatus.Kind.FILE, inode.ownership));
    }

    @Override
    public void write(Path file, Content content) throws IOException {
        change("write", file, () -> {
            existing(file);
            Content written = isVolatile(file) ? content : Content.of(torn(content));
            for (Map.Entry<Path, Content> shown :
                    KernelFiles.shown(file, written, this::now).entrySet()) {
                existing(shown.getKey()).live = shown.getValue().bytes();
            }
        });
    }

    @Override
    public void create(Path file, Content content, Ownership ownership) throws IOException {
        change("create", file, () -> {
            if (names.containsKey(file)) {
                throw new FileAlreadyExistsException(file.toString());
            }
            if (!folders.contains(file.getParent())) {
                throw new NoSuchFileException(file.toString());
            }
            name(List.of(new NameChange(file, Optional.of(new Inode(torn(content), ownership)))));
        });
    }

    @Override
    public void append(Path file, Content content) throws IOException {
        change("append", file, () -> {
            Inode inode = existing(file);
            byte[] added = torn(content);
            byte[] longer = Arrays.copyOf(inode.live, inode.live.length + added.length);
            System.arraycopy(added, 0, longer, inode.live.length, added.length);
            inode.live = longer;
        });
    }

    @Override
    public void sync(Path file) throws IOException {
        change(
                "sync",
                file,
                () -> existing(file).synced = Optional.of(existing(file).live.clone()));
    }

    @Override
    public void syncFolder(Path folder) throws IOException {
        change("syncFolder", folder, () -> Optional.ofNullable(unsyncedNames.remove(folder))
                .ifPresent(changes -> changes.forEach(change -> change.forEach(this::settle))));
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        change("rename", from, () -> {
            Inode inode = existing(from);
            name(List.of(new NameChange(from, Optional.empty()), new NameChange(to, Optional.of(inode))));
        });
    }

    @Override
    public boolean delete(Path file) throws IOException {
        boolean found = names.containsKey(file);
        change("delete", file, () -> {
            if (names.containsKey(file)) {
                name(List.of(new NameChange(file, Optional.empty())));
            }
        });
        return found;
    }

    @Override
    public void createFolders(Path folder) throws IOException {
        change("createFolders", folder, () -> folders.add(folder));
    }

    @Override
    public Ownership own() {
        return OWN;
    }

    /** Counts as an operation of its own, for what is done outside of the file system. */
    public void step(String what, Path path) throws IOException {
        if (dead) {
            throw new Killed();
        }
        operations++;
        try {
            trouble.before(operations, what, path);
        } catch (Killed killed) {
            dead = true;
            throw killed;
        }
    }

    /** What an operation does to the host. */
    @FunctionalInterface
    public interface Change {
        void run() throws IOException;
    }

    /** An operation that changes something, of this file system or of a program. */
    public void change(String what, Path path, Change change) throws IOException {
        boolean alive = !dead;
        try {
            step(what, path);
        } catch (Killed killed) {
            if (alive) {
                half(change);
            }
            throw killed;
        } catch (IOException failure) {
            if (!what.startsWith("sync")) {
                half(change);
            }
            throw failure;
        }
        change.run();
    }

    /** Does it, or not, or in part. */
    private void half(Change change) {
        if (random.nextBoolean()) {
            tearing = true;
            try {
                change.run();
            } catch (IOException notDone) {
                // as if it had not begun
            } finally {
                tearing = false;
            }
        }
    }

    private byte[] torn(Content content) {
        return tearing ? Arrays.copyOf(content.bytes(), random.nextInt(content.size() + 1)) : content.bytes();
    }

    private Content now(Path file) {
        return Content.of(
                Optional.ofNullable(names.get(file)).map(inode -> inode.live).orElse(new byte[0]));
    }

    private void name(List<NameChange> change) {
        for (NameChange one : change) {
            if (one.inode().isPresent()) {
                names.put(one.name(), one.inode().get());
            } else {
                names.remove(one.name());
            }
        }
        unsyncedNames
                .computeIfAbsent(change.get(0).name().getParent(), folder -> new ArrayList<>())
                .add(change);
    }

    private Inode existing(Path file) throws IOException {
        Inode inode = names.get(file);
        if (inode == null) {
            throw new NoSuchFileException(file.toString());
        }
        return inode;
    }

    private boolean isVolatile(Path path) {
        return VOLATILE.stream().anyMatch(folder -> path.startsWith(root.resolve(folder)));
    }
}
