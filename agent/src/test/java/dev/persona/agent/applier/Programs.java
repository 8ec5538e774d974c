package dev.persona.agent.applier;

import dev.persona.agent.platform.HostRoot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * Stand-ins for programs of the host, each a real executable below the root of a test. They note how they were called, and
 * fail if a test says so.
 */
public final class Programs {
    private static final Path SOURCES = Path.of("src/test/resources/programs");

    private Programs() {}

    /** Puts programs into {@code /usr/sbin} of a host. */
    public static void install(HostRoot root, String... programs) {
        try {
            Path folder = Files.createDirectories(root.at("/usr/sbin"));
            Files.copy(SOURCES.resolve("recorded"), folder.resolve("recorded"), StandardCopyOption.REPLACE_EXISTING);
            for (String program : programs) {
                Path file = folder.resolve(program);
                Files.copy(SOURCES.resolve(program), file, StandardCopyOption.REPLACE_EXISTING);
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Puts a program into {@code /usr/sbin} of a host that runs a script of its own. */
    public static void script(HostRoot root, String program, String script) throws IOException {
        Path file = Files.createDirectories(root.at("/usr/sbin")).resolve(program);
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** How they were called so far: name, then each argument in angle brackets. */
    public static List<String> calls(HostRoot root) throws IOException {
        Path calls = root.folder().resolveSibling("calls");
        return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
    }

    /** From now on they all {@code exit} with 3, {@code hang}, or do their work for any other word. */
    public static void trouble(HostRoot root, String trouble) throws IOException {
        Files.writeString(root.folder().resolveSibling("trouble"), trouble);
    }

    /** Makes the state of a root qdisc of the stand-in for tc; belongs into {@code /run/tc/<device>}. */
    public static String qdisc(String device, String kind, String handle, String options) {
        return "{\"kind\":\"" + kind + "\",\"handle\":\"" + handle + "\",\"dev\":\"" + device
                + "\",\"root\":true,\"options\":{" + options + "}}";
    }

    /** Makes the state of a unit of the stand-in for systemctl; belongs into {@code /run/systemctl/<id>}. */
    public static String unit(String id, String loadState, String activeState) {
        return """
                Id=%s
                LoadState=%s
                ActiveState=%s
                CPUWeight=[not set]
                CPUQuotaPerSecUSec=infinity
                MemoryHigh=infinity
                TasksMax=4915
                """
                .formatted(id, loadState, activeState);
    }

    /** Makes the state of a machine of the stand-in for virsh; belongs into {@code /run/virsh/<name>}. */
    public static String domain(String name, String state, String scheduler) {
        return """
                Id:             1
                Name:           %s
                State:          %s
                CPU(s):         2
                CPU time:       12.5s
                Max memory:     8388608 KiB
                Used memory:    2097152 KiB
                """
                        .formatted(name, state)
                + scheduler;
    }

    /** Has one default route by this interface, beside routes of networks; belongs into {@code /proc/net/route}. */
    public static String routeBy(String device) {
        return """
                Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
                eth3\t00000000\t0102A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0
                eth1\t0002A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
                %s\t00000000\t0102A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
                """
                .formatted(device);
    }
}
