package dev.persona.agent.sensor;

import dev.persona.agent.platform.Accounts;
import dev.persona.agent.protocol.AgentMessage;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Measures one host: turns its raw readings into the samples of a report.
 *
 * <p>What can't be measured is left out, never guessed: a reading that fails (logged once, until it works again), a rate
 * without an earlier reading, a ratio of nothing. Values are finite and not negative; ratios are 0..1.
 *
 * <p>Not thread-safe: it remembers the last counters.
 */
public final class Sensor {
    /** More users than this are left out. */
    static final int USER_LIMIT = 1_000;

    /** So late that whatever is read first lies before it, and gives no ratio. */
    private static final Host.CpuTime NEVER = new Host.CpuTime(Long.MAX_VALUE, Long.MAX_VALUE);

    private static final Logger LOG = Logger.getLogger(Sensor.class);

    private final Host host;
    private final Supplier<Map<String, PressureFiles.Stalls>> pressure;
    private final Supplier<Accounts> accounts;
    private final InstantSource clock;
    private final LongSupplier nanoTime;

    private final Set<String> failing = new HashSet<>();
    private final Growth<Host.DiskCounters> disks = new Growth<>();
    private final Growth<Host.NetworkCounters> interfaces = new Growth<>();
    private final Growth<PressureFiles.Stalls> stalls = new Growth<>();
    private Host.CpuTime lastCpuTime = NEVER;

    Sensor(
            Host host,
            Supplier<Map<String, PressureFiles.Stalls>> pressure,
            Supplier<Accounts> accounts,
            InstantSource clock,
            LongSupplier nanoTime) {
        this.host = host;
        this.pressure = pressure;
        this.accounts = accounts;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    /** A sensor of the host that this program runs on. */
    public static Sensor ofThisHost(InstantSource clock) {
        return new Sensor(
                new OshiHost(),
                new PressureFiles(Path.of("/proc/pressure")),
                new AccountFiles(Path.of("/etc")),
                clock,
                System::nanoTime);
    }

    /** What the host is like now; rates are means since the last call. */
    public AgentMessage.Report measure() {
        Samples samples = new Samples();
        read("cpu", () -> addCpu(samples));
        read("load", () -> addLoad(samples));
        read("memory", () -> addSpace(samples, host.memory(), Metric.MEMORY_USAGE, Metric.MEMORY_UTILIZATION));
        read("swap", () -> addSpace(samples, host.swap(), Metric.PAGING_USAGE, Metric.PAGING_UTILIZATION));
        read(
                "filesystem",
                () -> addSpace(samples, host.rootFileSystem(), Metric.FILESYSTEM_USAGE, Metric.FILESYSTEM_UTILIZATION));
        read("disks", () -> addDisks(samples));
        read("interfaces", () -> addInterfaces(samples));
        read("pressure", () -> addPressure(samples));
        read("processes", () -> samples.add(Metric.PROCESS_COUNT, host.processes()));
        read("uptime", () -> samples.add(Metric.UPTIME, host.uptime().toMillis() / 1e3));
        Optional<List<AgentMessage.UserSession>> users = read("users", this::users);
        return new AgentMessage.Report(clock.instant(), samples.byName(), users.orElse(null));
    }

    private void addCpu(Samples samples) {
        Host.CpuTime now = host.cpuTime();
        long busyMillis = now.busyMillis() - lastCpuTime.busyMillis();
        long totalMillis = now.totalMillis() - lastCpuTime.totalMillis();
        if (busyMillis >= 0) {
            samples.addRatio(Metric.CPU_UTILIZATION, busyMillis, totalMillis);
        }
        lastCpuTime = now;
    }

    private void addLoad(Samples samples) {
        Host.LoadAverage load = host.loadAverage();
        samples.add(Metric.LOAD_AVERAGE_1M, load.oneMinute());
        samples.add(Metric.LOAD_AVERAGE_5M, load.fiveMinutes());
        samples.add(Metric.LOAD_AVERAGE_15M, load.fifteenMinutes());
    }

    private void addSpace(Samples samples, Host.Space space, Metric usage, Metric utilization) {
        if (space.totalBytes() > 0) {
            samples.add(usage, space.usedBytes());
            samples.addRatio(utilization, space.usedBytes(), space.totalBytes());
        }
    }

    private void addDisks(Samples samples) {
        Rates<Host.DiskCounters> rates = disks.until(host.disks(), nanoTime.getAsLong());
        samples.add(Metric.DISK_IO, rates.total(disk -> disk.readBytes() + disk.writtenBytes()));
        samples.add(Metric.DISK_IO_READ, rates.total(Host.DiskCounters::readBytes));
        samples.add(Metric.DISK_IO_WRITE, rates.total(Host.DiskCounters::writtenBytes));
        OptionalDouble busyMillisPerSecond = rates.highest(Host.DiskCounters::busyMillis);
        busyMillisPerSecond.ifPresent(busy -> samples.addRatio(Metric.DISK_IO_TIME, busy, 1_000));
    }

    private void addInterfaces(Samples samples) {
        Rates<Host.NetworkCounters> rates = interfaces.until(host.interfaces(), nanoTime.getAsLong());
        samples.add(Metric.NETWORK_IO, rates.total(each -> each.receivedBytes() + each.transmittedBytes()));
        samples.add(Metric.NETWORK_IO_RECEIVE, rates.total(Host.NetworkCounters::receivedBytes));
        samples.add(Metric.NETWORK_IO_TRANSMIT, rates.total(Host.NetworkCounters::transmittedBytes));
    }

    private void addPressure(Samples samples) {
        Rates<PressureFiles.Stalls> rates = stalls.until(pressure.get(), nanoTime.getAsLong());
        Map<String, Double> some = rates.each(PressureFiles.Stalls::someMicros);
        Map<String, Double> full = rates.each(PressureFiles.Stalls::fullMicros);
        // Of the processor as a whole `full` can't be: some task always runs.
        addStalled(samples, Metric.CPU_PRESSURE, some, PressureFiles.CPU);
        addStalled(samples, Metric.MEMORY_PRESSURE, some, PressureFiles.MEMORY);
        addStalled(samples, Metric.MEMORY_PRESSURE_FULL, full, PressureFiles.MEMORY);
        addStalled(samples, Metric.IO_PRESSURE, some, PressureFiles.IO);
        addStalled(samples, Metric.IO_PRESSURE_FULL, full, PressureFiles.IO);
    }

    private void addStalled(Samples samples, Metric metric, Map<String, Double> microsPerSecond, String resource) {
        if (microsPerSecond.containsKey(resource)) {
            samples.addRatio(metric, microsPerSecond.get(resource), 1_000_000);
        }
    }

    private List<AgentMessage.UserSession> users() {
        Accounts known = accounts.get();
        return host.users().stream()
                .distinct()
                .sorted()
                .limit(USER_LIMIT)
                .map(name -> new AgentMessage.UserSession(name, known.groupsOf(name)))
                .toList();
    }

    private void read(String sense, Runnable reading) {
        read(sense, () -> {
            reading.run();
            return true;
        });
    }

    /** One reading, on its own: whatever goes wrong in it costs its metrics and nothing else. */
    private <T> Optional<T> read(String sense, Supplier<T> reading) {
        try {
            T result = reading.get();
            if (failing.remove(sense)) {
                LOG.infof("reading works again sense=%s", sense);
            }
            return Optional.of(result);
        } catch (RuntimeException | LinkageError e) {
            if (failing.add(sense)) {
                LOG.warnf("reading failed, its metrics are left out sense=%s reason=%s", sense, e);
            }
            return Optional.empty();
        }
    }
}
