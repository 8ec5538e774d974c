package dev.persona.agent.activation;

import dev.persona.agent.platform.HostRoot;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Other programs at work on this host that set what this agent may set too: two masters of one parameter.
 *
 * <p>A program shows by its process, proc(5) {@code comm}, or by its unit: systemd keeps a link {@code
 * /run/systemd/units/invocation:<unit>} while one is active, also for one such as tlp that does its work and ends.
 */
final class CompetingTools {
    /** The kernel cuts the name of a process after 15 characters. */
    private static final int COMM_LENGTH = 15;

    private static final List<String> KNOWN = List.of("tuned", "tlp", "power-profiles-daemon", "auto-cpufreq");

    private final HostRoot root;

    CompetingTools(HostRoot root) {
        this.root = root;
    }

    /** The names of those that are active, sorted; what can't be read counts as not there. */
    Set<String> active() {
        Set<String> active = new TreeSet<>();
        for (String tool : KNOWN) {
            if (Files.exists(
                    root.at("/run/systemd/units/invocation:" + tool + ".service"), LinkOption.NOFOLLOW_LINKS)) {
                active.add(tool);
            }
        }
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(root.at("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                String comm = comm(process);
                KNOWN.stream()
                        .filter(tool -> comm.equals(tool.substring(0, Math.min(tool.length(), COMM_LENGTH))))
                        .forEach(active::add);
            }
        } catch (IOException noProcesses) {
            // A folder that stands in for a host.
        }
        return active;
    }

    private static String comm(Path process) {
        try {
            return Files.readString(process.resolve("comm")).strip();
        } catch (IOException ended) {
            return "";
        }
    }
}
