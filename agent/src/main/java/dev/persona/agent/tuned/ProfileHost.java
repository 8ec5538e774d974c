package dev.persona.agent.tuned;

import dev.persona.agent.platform.Content;
import dev.persona.agent.platform.HostRoot;
import dev.persona.agent.platform.LinuxFiles;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** What a profile may ask of the host that it is read for; changes nothing. */
record ProfileHost(HostRoot root) {
    private static final int LIMIT_BYTES = 1024 * 1024;

    /** The disks that TuneD tunes: fixed ones on these buses. */
    private static final Set<String> BUSES = Set.of("scsi", "virtio", "xen", "nvme");

    /** The text of a file without surrounding white space; empty if there is none that can be read. */
    Optional<String> file(String path) {
        try {
            // Not Files.readAllBytes, which begins with one byte, after which /proc/sys shows the end of a number.
            return new LinuxFiles().read(root.at(path), LIMIT_BYTES).map(Content::shown);
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    /** The names in a folder that match a glob, sorted. */
    List<String> names(String folder, String glob) {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(root.at(folder), glob)) {
            return StreamSupport.stream(found.spliterator(), false)
                    .map(path -> path.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException noFolder) {
            return List.of();
        }
    }

    SortedSet<Integer> onlineCpus() {
        return CpuLists.parse(file("/sys/devices/system/cpu/online").orElse(""));
    }

    SortedSet<Integer> presentCpus() {
        return CpuLists.parse(file("/sys/devices/system/cpu/present").orElse(""));
    }

    /** The CPUs of each socket. */
    SortedMap<String, SortedSet<Integer>> sockets() {
        SortedMap<String, SortedSet<Integer>> sockets = new TreeMap<>();
        for (String cpu : names("/sys/devices/system/cpu", "cpu[0-9]*")) {
            file("/sys/devices/system/cpu/" + cpu + "/topology/physical_package_id")
                    .ifPresent(socket -> sockets.computeIfAbsent(socket, unused -> new TreeSet<>())
                            .add(Integer.parseInt(cpu.substring(3))));
        }
        return sockets;
    }

    List<String> disks() {
        return names("/sys/block", "*").stream()
                .filter(disk ->
                        file("/sys/block/" + disk + "/removable").orElse("0").equals("0"))
                .filter(disk -> BUSES.contains(bus(disk)))
                .toList();
    }

    private String bus(String disk) {
        try {
            return root.at("/sys/block/" + disk)
                    .resolve("device/subsystem")
                    .toRealPath()
                    .getFileName()
                    .toString();
        } catch (IOException none) {
            return "";
        }
    }

    boolean isVirtual() {
        return file("/proc/cpuinfo")
                        .filter(text -> text.lines().anyMatch(line -> line.matches("flags\\s*:.*\\bhypervisor\\b.*")))
                        .isPresent()
                || Files.exists(root.at("/sys/hypervisor/type"))
                || Files.exists(root.at("/proc/device-tree/hypervisor"));
    }

    /** As uname(1) {@code -a} prints it, without the operating system. */
    String uname() {
        String machine = System.getProperty("os.arch").equals("amd64") ? "x86_64" : System.getProperty("os.arch");
        return List.of("ostype", "hostname", "osrelease", "version").stream()
                        .map(name -> file("/proc/sys/kernel/" + name).orElse(""))
                        .collect(Collectors.joining(" "))
                + " " + file("/proc/sys/kernel/arch").orElse(machine);
    }
}
