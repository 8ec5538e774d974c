package dev.persona.agent.sensor;

import dev.persona.agent.platform.Accounts;
import dev.persona.agent.platform.Glob;
import dev.persona.agent.protocol.AgentMessage;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Measures one host: turns its raw readings into the samples of a report.
 *
 * <p>What can't be measured is left out, never guessed: a reading that fails (logged once, until it works again), a rate
 * without an earlier reading, a ratio of nothing. Values are finite; ratios are 0..1.
 *
 * <p>Not thread-safe: it remembers the last counters.
 */
public final class Sensor {
    // INVARIANT: all limits together keep within the 512 metrics and 256 users that the server takes in one report.

    /** More users than this are left out. */
    static final int USER_LIMIT = 256;

    /** More disks, interfaces and chips of sensors than this, each, are left out. */
    static final int DEVICE_LIMIT = 32;

    /** More metrics of the owner's own are left out. */
    static final int CUSTOM_LIMIT = 256;

    /** So late that whatever is read first lies before it, and gives no ratio. */
    private static final Host.CpuTime NEVER = new Host.CpuTime(Long.MAX_VALUE, Long.MAX_VALUE);

    private static final Logger LOG = Logger.getLogger(Sensor.class);

    private final Host host;
    private final Supplier<Map<String, PressureFiles.Stalls>> pressure;
    private final Supplier<Accounts> accounts;
    private final Predicate<String> chosenInterfaces;
    private final Predicate<String> chosenDisks;
    private final Optional<Predicate<String>> chosenChips;
    private final TemperatureFiles temperatures;
    private final CustomMetrics custom;
    private final InstantSource clock;
    private final LongSupplier nanoTime;

    private final Set<String> failing = new HashSet<>();
    private final Growth<Host.DiskCounters> disks = new Growth<>();
    private final Growth<Host.NetworkCounters> interfaces = new Growth<>();
    private final Growth<PressureFiles.Stalls> stalls = new Growth<>();
    private Host.CpuTime lastCpuTime = NEVER;

    /** @throws io.quarkus.runtime.configuration.ConfigurationException if the configuration can't be used */
    Sensor(
            Host host,
            Supplier<Map<String, PressureFiles.Stalls>> pressure,
            TemperatureFiles temperatures,
            Supplier<Accounts> accounts,
            MetricsConfig config,
            InstantSource clock,
            LongSupplier nanoTime) {
        this.host = host;
        this.pressure = pressure;
        this.temperatures = temperatures;
        this.accounts = accounts;
        this.chosenInterfaces = Glob.anyOf(config.interfaces().orElse(List.of()));
        this.chosenDisks = Glob.anyOf(config.disks().orElse(List.of()));
        this.chosenChips = config.temperatures().map(Glob::anyOf);
        this.custom = new CustomMetrics(config.custom(), clock, nanoTime);
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    /**
     * A sensor of the host that this program runs on.
     *
     * @throws io.quarkus.runtime.configuration.ConfigurationException if the configuration can't be used
     */
    public static Sensor ofThisHost(MetricsConfig config, InstantSource clock) {
        return new Sensor(
                new OshiHost(),
                new PressureFiles(Path.of("/proc/pressure")),
                new TemperatureFiles(Path.of("/sys/class/hwmon")),
                new AccountFiles(Path.of("/etc")),
                config,
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
        chosenChips.ifPresent(chosen -> read("temperatures", () -> addTemperatures(samples, chosen)));
        addCustom(samples);
        Optional<List<AgentMessage.UserSession>> users = read("users", this::users);
        return new AgentMessage.Report(clock.instant(), samples.byName(), users.orElse(null));
    }

    private void addCpu(Samples samples) {
        Host.CpuTime now = host.cpuTime();
        long busyMillis = now.busyMillis() - lastCpuTime.busyMillis();
        long totalMillis = now.totalMillis() - lastCpuTime.totalMillis();
        if (busyMillis >= 0) {
            samples.addRatio(Metric.CPU_UTILIZATION.id(), busyMillis, totalMillis);
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
            samples.addRatio(utilization.id(), space.usedBytes(), space.totalBytes());
        }
    }

    private void addDisks(Samples samples) {
        Host.Devices<Host.DiskCounters> found = host.disks();
        Rates<Host.DiskCounters> each = disks.until(found.byName(), nanoTime.getAsLong());
        Rates<Host.DiskCounters> counting = each.of(found.counting());
        samples.add(Metric.DISK_IO, counting.total(disk -> disk.readBytes() + disk.writtenBytes()));
        samples.add(Metric.DISK_IO_READ, counting.total(Host.DiskCounters::readBytes));
        samples.add(Metric.DISK_IO_WRITE, counting.total(Host.DiskCounters::writtenBytes));
        OptionalDouble busyMillisPerSecond = counting.highest(Host.DiskCounters::busyMillis);
        busyMillisPerSecond.ifPresent(busy -> samples.addRatio(Metric.DISK_IO_TIME.id(), busy, 1_000));

        Rates<Host.DiskCounters> chosen = each.of(chosen(found, chosenDisks));
        chosen.each(Host.DiskCounters::readBytes)
                .forEach((disk, rate) -> samples.add(Metric.DISK_IO_READ.of(disk), rate));
        chosen.each(Host.DiskCounters::writtenBytes)
                .forEach((disk, rate) -> samples.add(Metric.DISK_IO_WRITE.of(disk), rate));
        chosen.each(Host.DiskCounters::busyMillis)
                .forEach((disk, busy) -> samples.addRatio(Metric.DISK_IO_TIME.of(disk), busy, 1_000));
    }

    private void addInterfaces(Samples samples) {
        Host.Devices<Host.NetworkCounters> found = host.interfaces();
        Rates<Host.NetworkCounters> each = interfaces.until(found.byName(), nanoTime.getAsLong());
        Rates<Host.NetworkCounters> counting = each.of(found.counting());
        samples.add(Metric.NETWORK_IO, counting.total(one -> one.receivedBytes() + one.transmittedBytes()));
        samples.add(Metric.NETWORK_IO_RECEIVE, counting.total(Host.NetworkCounters::receivedBytes));
        samples.add(Metric.NETWORK_IO_TRANSMIT, counting.total(Host.NetworkCounters::transmittedBytes));

        Rates<Host.NetworkCounters> chosen = each.of(chosen(found, chosenInterfaces));
        chosen.each(Host.NetworkCounters::receivedBytes)
                .forEach((one, rate) -> samples.add(Metric.NETWORK_IO_RECEIVE.of(one), rate));
        chosen.each(Host.NetworkCounters::transmittedBytes)
                .forEach((one, rate) -> samples.add(Metric.NETWORK_IO_TRANSMIT.of(one), rate));
    }

    /** Those that are reported one by one: the first by name, within the limit. */
    private static Set<String> chosen(Host.Devices<?> found, Predicate<String> chosen) {
        return found.byName().keySet().stream()
                .filter(chosen)
                .sorted()
                .limit(DEVICE_LIMIT)
                .collect(Collectors.toSet());
    }

    private void addTemperatures(Samples samples, Predicate<String> chosen) {
        Map<String, Double> byChip = temperatures.highest(chosen);
        samples.add(Metric.TEMPERATURE.id(), Collections.max(byChip.values()));
        byChip.entrySet().stream()
                .limit(DEVICE_LIMIT)
                .forEach(chip -> samples.add(Metric.TEMPERATURE.of(chip.getKey()), chip.getValue()));
    }

    /** Each file and the endpoint is a reading of its own. */
    private void addCustom(Samples samples) {
        read("custom", custom::look);
        Map<String, CustomSource> sources = custom.sources();
        SortedMap<String, Double> found = new TreeMap<>();
        sources.forEach((place, source) -> read(place, () -> source.values().forEach(found::putIfAbsent)));
        failing.removeIf(sense -> sense.startsWith("/") && !sources.containsKey(sense));
        found.keySet().removeIf(metric -> !custom.isChosen(metric));
        read("limits of custom metrics", () -> addWithinLimits(samples, found));
    }

    private static void addWithinLimits(Samples samples, SortedMap<String, Double> found) {
        List<String> fitting = found.keySet().stream()
                .filter(metric -> metric.length() <= MetricName.LONGEST)
                .limit(CUSTOM_LIMIT)
                .toList();
        fitting.forEach(metric -> samples.add(metric, found.get(metric)));
        if (fitting.size() < found.size()) {
            throw new IllegalStateException(found.size() - fitting.size() + " of " + found.size()
                    + " are left out: " + CUSTOM_LIMIT + " with names of " + MetricName.LONGEST
                    + " characters can be reported; choose them in `persona.agent.metrics.custom.names`");
        }
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
            samples.addRatio(metric.id(), microsPerSecond.get(resource), 1_000_000);
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
