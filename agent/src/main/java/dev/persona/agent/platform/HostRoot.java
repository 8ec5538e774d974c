package dev.persona.agent.platform;

import java.nio.file.Path;

/**
 * Where the host's file tree begins: {@code /}, or a folder in which ordinary files stand in for a host's.
 *
 * @param folder absolute
 */
public record HostRoot(Path folder) {

    public HostRoot {
        folder = folder.toAbsolutePath().normalize();
    }

    /**
     * The place of a path of the host.
     *
     * @throws IllegalArgumentException if it leads out of the root
     */
    public Path at(String path) {
        Path place =
                folder.resolve(path.startsWith("/") ? path.substring(1) : path).normalize();
        if (!place.startsWith(folder)) {
            throw new IllegalArgumentException("`" + path + "` leads out of `" + folder + "`");
        }
        return place;
    }
}
