package dev.persona.agent.sensor;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The raw readings of one host: acquiring only, nothing is computed here.
 *
 * <p>Each reading may fail with any {@link RuntimeException} or {@link LinkageError} (a container without the file, a
 * libc without the symbol); the others still count.
 */
interface Host {

    CpuTime cpuTime();

    /** The run queue's mean length over 1, 5 and 15 minutes; negative where the host doesn't know. */
    LoadAverage loadAverage();

    Space memory();

    /** Swap; its total is 0 on a host without. */
    Space swap();

    /** The file system that holds {@code /}. */
    Space rootFileSystem();

    /** Disks; those count that really move bytes to a device: no layers above others. */
    Devices<DiskCounters> disks();

    /** Interfaces but loopback; those count that really move bytes off the host: no bridges or tunnels. */
    Devices<NetworkCounters> interfaces();

    int processes();

    Duration uptime();

    /** The name of everybody who is logged in, once for each session. */
    List<String> users();

    /**
     * Processor time since boot, summed over processors.
     *
     * @param busyMillis spent neither idle nor waiting for I/O; time stolen by the hypervisor counts as busy
     * @param totalMillis spent in all
     */
    record CpuTime(long busyMillis, long totalMillis) {}

    record LoadAverage(double oneMinute, double fiveMinutes, double fifteenMinutes) {}

    /** Bytes taken, out of the bytes that there are. */
    record Space(long usedBytes, long totalBytes) {}

    /**
     * The devices of a kind.
     *
     * @param counting the names of those that count in sums, so that no byte counts twice
     */
    record Devices<C>(Map<String, C> byName, Set<String> counting) {}

    /**
     * What a disk has done since boot.
     *
     * @param busyMillis time in which at least one request was under way
     */
    record DiskCounters(long readBytes, long writtenBytes, long busyMillis) {}

    /** What an interface has moved since it came up. */
    record NetworkCounters(long receivedBytes, long transmittedBytes) {}
}
