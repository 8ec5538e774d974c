package dev.persona.agent.applier;

import dev.persona.agent.platform.HostFiles;
import dev.persona.agent.platform.HostRoot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A whole disk by its kernel name, as {@code /sys/block} lists it: {@code sda}, {@code nvme0n1}, {@code dm-0}. Partitions
 * share the queue of their disk and are none.
 */
record BlockDevice(HostFiles files, HostRoot root, String name) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_!:-]{0,31}");

    /** Empty if this host has the device. */
    Optional<String> whyMissing() throws IOException {
        boolean found = NAME.matcher(name).matches()
                && files.status(root.at("/sys/block/" + name)).isPresent();
        return found
                ? Optional.empty()
                : Optional.of("`" + name + "` is no block device of this host; `" + root.at("/sys/block")
                        + "` lists those that there are");
    }

    Path file(String path) {
        return root.at("/sys/block/" + name + "/" + path);
    }

    /** Its number as {@code major:minor}; empty if the device is gone. */
    Optional<String> number() throws IOException {
        return whyMissing().isPresent() ? Optional.empty() : new KernelFile(files, file("dev")).text();
    }
}
