package dev.persona.agent.platform;

import java.io.IOException;

/** Tells one boot of the host from another. */
public final class BootId {
    /** Stands where the host doesn't tell, as in a folder that stands in for a host: nothing there is reset by a boot. */
    public static final String UNKNOWN = "unknown";

    private static final int LIMIT = 256;

    private BootId() {}

    /** The kernel's random id of this boot, proc(5) {@code random/boot_id}. */
    public static String read(HostFiles files, HostRoot root) throws IOException {
        return files.read(root.at("/proc/sys/kernel/random/boot_id"), LIMIT)
                .map(Content::shown)
                .orElse(UNKNOWN);
    }
}
