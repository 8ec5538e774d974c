package dev.persona.agent.sensor;

/**
 * Everything that this agent measures, named after OpenTelemetry's semantic conventions for system metrics.
 *
 * <p>Where the convention has a counter, the rate over the last interval is reported: a threshold on bytes since boot
 * would mean nothing. Where it tells directions or devices apart by an attribute, that ends the name. {@code
 * docs/metrics.md} describes each of them.
 */
enum Metric {
    CPU_UTILIZATION("system.cpu.utilization", "1"),
    LOAD_AVERAGE_1M("system.cpu.load_average.1m", "1"),
    LOAD_AVERAGE_5M("system.cpu.load_average.5m", "1"),
    LOAD_AVERAGE_15M("system.cpu.load_average.15m", "1"),
    CPU_PRESSURE("system.cpu.pressure", "1"),
    MEMORY_USAGE("system.memory.usage", "By"),
    MEMORY_UTILIZATION("system.memory.utilization", "1"),
    MEMORY_PRESSURE("system.memory.pressure", "1"),
    MEMORY_PRESSURE_FULL("system.memory.pressure.full", "1"),
    PAGING_USAGE("system.paging.usage", "By"),
    PAGING_UTILIZATION("system.paging.utilization", "1"),
    DISK_IO("system.disk.io", "By/s"),
    DISK_IO_READ("system.disk.io.read", "By/s"),
    DISK_IO_WRITE("system.disk.io.write", "By/s"),
    DISK_IO_TIME("system.disk.io_time", "1"),
    IO_PRESSURE("system.io.pressure", "1"),
    IO_PRESSURE_FULL("system.io.pressure.full", "1"),
    NETWORK_IO("system.network.io", "By/s"),
    NETWORK_IO_RECEIVE("system.network.io.receive", "By/s"),
    NETWORK_IO_TRANSMIT("system.network.io.transmit", "By/s"),
    FILESYSTEM_USAGE("system.filesystem.usage", "By"),
    FILESYSTEM_UTILIZATION("system.filesystem.utilization", "1"),
    PROCESS_COUNT("system.process.count", "{process}"),
    UPTIME("system.uptime", "s"),
    TEMPERATURE("hw.temperature", "Cel");

    private final String id;
    private final String unit;

    Metric(String id, String unit) {
        this.id = id;
        this.unit = unit;
    }

    /** The name on the wire, as in {@code system.cpu.utilization}. */
    String id() {
        return id;
    }

    /** The name of the same metric of one device. */
    String of(String device) {
        return MetricName.of(id + "." + device);
    }

    /** The unit in UCUM notation; {@code 1} is a ratio or a plain number. */
    String unit() {
        return unit;
    }
}
