package dev.persona.server.analysis;

import dev.persona.server.platform.NearestName;
import java.util.Optional;
import java.util.Set;

/** The metrics that agents report by themselves, see {@code docs/metrics.md}. */
final class AgentMetrics {
    static final Set<String> NAMES = Set.of(
            "system.cpu.utilization",
            "system.cpu.load_average.1m",
            "system.cpu.load_average.5m",
            "system.cpu.load_average.15m",
            "system.cpu.pressure",
            "system.memory.usage",
            "system.memory.utilization",
            "system.memory.pressure",
            "system.memory.pressure.full",
            "system.paging.usage",
            "system.paging.utilization",
            "system.disk.io",
            "system.disk.io.read",
            "system.disk.io.write",
            "system.disk.io_time",
            "system.io.pressure",
            "system.io.pressure.full",
            "system.network.io",
            "system.network.io.receive",
            "system.network.io.transmit",
            "system.filesystem.usage",
            "system.filesystem.utilization",
            "system.process.count",
            "system.uptime",
            "hw.temperature");

    /** Those that agents may be asked to report of single devices too, whose names then follow. */
    static final Set<String> OF_DEVICES = Set.of(
            "system.disk.io.read",
            "system.disk.io.write",
            "system.disk.io_time",
            "system.network.io.receive",
            "system.network.io.transmit",
            "hw.temperature");

    private AgentMetrics() {}

    /** Whether a metric is a share of a whole, 0..1. */
    static boolean isShare(String metric) {
        return metric.startsWith("system.disk.io_time")
                || metric.startsWith("system.") && (metric.endsWith(".utilization") || metric.contains(".pressure"));
    }

    /**
     * The metric that somebody probably meant; empty if agents report the one that was named, or another source may. Only
     * what agents name by the same convention is taken for a slip.
     */
    static Optional<String> meant(String metric) {
        boolean isNamedLikeTheirs = metric.startsWith("system.") || metric.startsWith("hw.");
        boolean isOfDevice = OF_DEVICES.stream().anyMatch(name -> metric.startsWith(name + "."));
        return isNamedLikeTheirs && !isOfDevice && !NAMES.contains(metric)
                ? NearestName.to(metric, NAMES).filter(near -> Math.abs(near.length() - metric.length()) <= 2)
                : Optional.empty();
    }
}
