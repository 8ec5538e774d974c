package dev.persona.agent.sensor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import oshi.SystemInfo;
import oshi.hardware.CentralProcessor.TickType;
import oshi.hardware.GlobalMemory;
import oshi.hardware.HWDiskStore;
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
    public Map<String, DiskCounters> disks() {
        return onDevices(oshi.getHardware().getDiskStores(), BLOCK_DEVICES, OshiHost::diskName).stream()
                .collect(Collectors.toMap(
                        OshiHost::diskName,
                        disk -> new DiskCounters(disk.getReadBytes(), disk.getWriteBytes(), disk.getTransferTime()),
                        (first, second) -> first));
    }

    @Override
    public Map<String, NetworkCounters> interfaces() {
        return onDevices(oshi.getHardware().getNetworkIFs(), INTERFACES, NetworkIF::getName).stream()
                .collect(Collectors.toMap(
                        NetworkIF::getName,
                        network -> new NetworkCounters(network.getBytesRecv(), network.getBytesSent()),
                        (first, second) -> first));
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

    private static String diskName(HWDiskStore disk) {
        return Path.of(disk.getName()).getFileName().toString();
    }

    /** Those with a device of their own in sysfs, so that no byte counts twice; all, where none has one (containers). */
    private static <T> List<T> onDevices(List<T> all, Path directory, Function<T, String> name) {
        List<T> onDevices = all.stream()
                .filter(each -> Files.exists(directory.resolve(name.apply(each)).resolve("device")))
                .toList();
        return onDevices.isEmpty() ? all : onDevices;
    }
}
