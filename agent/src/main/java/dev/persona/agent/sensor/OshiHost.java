package dev.persona.agent.sensor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import oshi.SystemInfo;
import oshi.hardware.CentralProcessor.TickType;
import oshi.hardware.GlobalMemory;
import oshi.hardware.NetworkIF;
import oshi.hardware.VirtualMemory;
import oshi.software.os.OSSession;

/**
 * This host, read through OSHI.
 *
 * <p>All readings together take about 4 ms of processor time on a small virtual machine (disks 2, interfaces 1, sessions
 * 0.5). OSHI's list of file systems (it stats every mount, and may hang on a dead one) and its list of processes are left
 * alone.
 */
final class OshiHost implements Host {
    private static final Path BLOCK_DEVICES = Path.of("/sys/block");
    private static final Path INTERFACES = Path.of("/sys/class/net");

    /** Asked anew each time (it remembers): where OSHI can't load, each reading fails, not the agent. */
    private final SystemInfo oshi = new SystemInfo();

    @Override
    public CpuTime cpuTime() {
        long[] ticks = oshi.getHardware().getProcessor().getSystemCpuLoadTicks();
        long total = LongStream.of(ticks).sum();
        long idle = ticks[TickType.IDLE.getIndex()] + ticks[TickType.IOWAIT.getIndex()];
        return new CpuTime(total - idle, total);
    }

    @Override
    public LoadAverage loadAverage() {
        double[] averages = oshi.getHardware().getProcessor().getSystemLoadAverage(3);
        return new LoadAverage(averages[0], averages[1], averages[2]);
    }

    @Override
    public Space memory() {
        GlobalMemory memory = oshi.getHardware().getMemory();
        return new Space(memory.getTotal() - memory.getAvailable(), memory.getTotal());
    }

    @Override
    public Space swap() {
        VirtualMemory swap = oshi.getHardware().getMemory().getVirtualMemory();
        return new Space(swap.getSwapUsed(), swap.getSwapTotal());
    }

    @Override
    public Space rootFileSystem() {
        try {
            FileStore store = Files.getFileStore(Path.of("/"));
            // As df(1) counts: what is reserved for root is neither used nor there for anybody.
            long used = store.getTotalSpace() - store.getUnallocatedSpace();
            return new Space(used, used + store.getUsableSpace());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Devices<DiskCounters> disks() {
        return devices(
                oshi.getHardware().getDiskStores(),
                BLOCK_DEVICES,
                disk -> Path.of(disk.getName()).getFileName().toString(),
                disk -> new DiskCounters(disk.getReadBytes(), disk.getWriteBytes(), disk.getTransferTime()));
    }

    @Override
    public Devices<NetworkCounters> interfaces() {
        return devices(
                oshi.getHardware().getNetworkIFs(),
                INTERFACES,
                NetworkIF::getName,
                network -> new NetworkCounters(network.getBytesRecv(), network.getBytesSent()));
    }

    @Override
    public int processes() {
        return oshi.getOperatingSystem().getProcessCount();
    }

    @Override
    public Duration uptime() {
        return Duration.ofSeconds(oshi.getOperatingSystem().getSystemUptime());
    }

    @Override
    public List<String> users() {
        return oshi.getOperatingSystem().getSessions().stream()
                .map(OSSession::getUserName)
                .toList();
    }

    /** Those count that have a device of their own in sysfs; all, where none has one (containers). */
    private static <T, C> Devices<C> devices(
            List<T> all, Path directory, Function<T, String> name, Function<T, C> counters) {
        Map<String, C> byName = all.stream().collect(Collectors.toMap(name, counters, (first, second) -> first));
        Set<String> onDevices = byName.keySet().stream()
                .filter(each -> Files.exists(directory.resolve(each).resolve("device")))
                .collect(Collectors.toSet());
        return new Devices<>(byName, onDevices.isEmpty() ? byName.keySet() : onDevices);
    }
}
