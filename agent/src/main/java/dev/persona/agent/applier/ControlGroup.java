package dev.persona.agent.applier;

import dev.persona.agent.platform.HostConfig;
import dev.persona.agent.platform.HostFiles;
import dev.persona.agent.platform.HostRoot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The control group of the version 2 hierarchy that the host's owner configured, cgroups(7). */
record ControlGroup(HostFiles files, HostRoot root, HostConfig.Cgroup config) {
    private static final List<String> MOUNTS = List.of("/sys/fs/cgroup", "/sys/fs/cgroup/unified");

    /** Empty if one of its files can be read and written, or else why not. */
    Optional<String> whyUnusable(String file) throws IOException {
        if (config.slice().isEmpty()) {
            return Optional.of("no control group is configured, see `persona.agent.cgroup.slice`");
        }
        if (isGone()) {
            return Optional.of("the control group `" + path() + "` does not exist");
        }
        return file(file).whyUnusable().map(why -> why + "; is its controller in `cgroup.controllers`?");
    }

    boolean isGone() throws IOException {
        return files.status(path()).isEmpty();
    }

    KernelFile file(String name) throws IOException {
        return new KernelFile(files, path().resolve(name));
    }

    private Path path() throws IOException {
        Path mount = mount();
        Path group = mount.resolve(config.slice().orElseThrow()).normalize();
        if (!group.startsWith(mount) || group.equals(mount)) {
            throw new IOException("`persona.agent.cgroup.slice` must name a control group below `" + mount + "`");
        }
        return group;
    }

    /** The configured mount, or the first usual one that is a version 2 hierarchy: on hybrid hosts it is the second. */
    private Path mount() throws IOException {
        if (config.mount().isPresent()) {
            return root.at(config.mount().get());
        }
        for (String usual : MOUNTS) {
            if (files.status(root.at(usual).resolve("cgroup.controllers")).isPresent()) {
                return root.at(usual);
            }
        }
        return root.at(MOUNTS.get(0));
    }
}
