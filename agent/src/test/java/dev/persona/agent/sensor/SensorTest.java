package dev.persona.agent.sensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.persona.agent.platform.Accounts;
import dev.persona.agent.platform.Configured;
import dev.persona.agent.platform.RecordedLog;
import dev.persona.agent.protocol.AgentMessage.Report;
import dev.persona.agent.protocol.AgentMessage.UserSession;
import dev.persona.agent.sensor.Host.CpuTime;
import dev.persona.agent.sensor.Host.DiskCounters;
import dev.persona.agent.sensor.Host.LoadAverage;
import dev.persona.agent.sensor.Host.NetworkCounters;
import dev.persona.agent.sensor.Host.Space;
import dev.persona.agent.sensor.PressureFiles.Stalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SensorTest {
    private static final Instant NOW = Instant.parse("2026-03-02T08:00:00Z");
    private static final Accounts ACCOUNTS =
            Accounts.parse("alice:x:1000:1000::/home/alice:/bin/sh\n", "dba:x:50:alice\nalice:x:1000:\n");

    private final FakeHost host = new FakeHost();
    private long nanoTime = 42;
    private Supplier<Map<String, Stalls>> pressure =
            () -> Map.of("cpu", new Stalls(1, 1), "memory", new Stalls(2, 2), "io", new Stalls(3, 3));

    @TempDir
    Path folder;

    private Sensor sensor;

    @BeforeEach
    void nothing_is_asked_for() {
        sensor = sensor(Map.of());
    }

    @Test
    void the_first_report_has_everything_but_what_needs_an_earlier_reading() {
        Report report = sensor.measure();

        assertThat(report.measuredAt()).isEqualTo(NOW);
        assertThat(report.metrics())
                .containsOnly(
                        entry("system.cpu.load_average.1m", 0.5),
                        entry("system.cpu.load_average.5m", 0.25),
                        entry("system.cpu.load_average.15m", 0.125),
                        entry("system.memory.usage", 2_000.0),
                        entry("system.memory.utilization", 0.25),
                        entry("system.paging.usage", 100.0),
                        entry("system.paging.utilization", 0.1),
                        entry("system.filesystem.usage", 30.0),
                        entry("system.filesystem.utilization", 0.3),
                        entry("system.process.count", 76.0),
                        entry("system.uptime", 120.0));
    }

    @Test
    void rates_are_means_over_the_interval() {
        sensor.measure();
        host.cpuTime = () -> new CpuTime(1_800, 11_000);
        host.disks = () -> Map.of("vda", new DiskCounters(6_000, 12_000, 2_800));
        host.interfaces = () -> Map.of("eth0", new NetworkCounters(10_000, 8_000));
        pass(Duration.ofSeconds(5));

        Map<String, Double> metrics = sensor.measure().metrics();

        assertThat(metrics)
                .contains(
                        entry("system.cpu.utilization", 0.8),
                        entry("system.disk.io", 3_000.0),
                        entry("system.disk.io.read", 1_000.0),
                        entry("system.disk.io.write", 2_000.0),
                        entry("system.disk.io_time", 0.5),
                        entry("system.network.io", 1_200.0),
                        entry("system.network.io.receive", 1_000.0),
                        entry("system.network.io.transmit", 200.0));
    }

    @Test
    void pressure_is_the_share_of_the_interval_in_which_tasks_stood_still() {
        sensor.measure();
        pressure = () -> Map.of(
                "cpu", new Stalls(500_001, 1), "memory", new Stalls(2, 2), "io", new Stalls(5_000_003, 2_500_003));
        pass(Duration.ofSeconds(5));

        assertThat(sensor.measure().metrics())
                .contains(
                        entry("system.cpu.pressure", 0.1),
                        entry("system.memory.pressure", 0.0),
                        entry("system.memory.pressure.full", 0.0),
                        entry("system.io.pressure", 1.0),
                        entry("system.io.pressure.full", 0.5));
    }

    @Test
    void a_kernel_without_pressure_costs_these_metrics_only() {
        pressure = () -> {
            throw new IllegalStateException("not supported here");
        };
        sensor.measure();
        pass(Duration.ofSeconds(5));

        assertThat(sensor.measure().metrics())
                .containsKeys("system.disk.io", "system.process.count")
                .doesNotContainKeys("system.cpu.pressure", "system.io.pressure");
    }

    @Test
    void docs_list_exactly_what_a_complete_report_holds() throws IOException {
        chip("coretemp", 48_000);
        sensor = sensor(Map.of("temperatures", "coretemp"));
        sensor.measure();
        host.cpuTime = () -> new CpuTime(1_001, 10_001);
        pass(Duration.ofSeconds(5));

        Map<String, Double> metrics = sensor.measure().metrics();

        List<String> documented = Files.readAllLines(Path.of("../docs/metrics.md")).stream()
                .filter(line -> line.startsWith("| `system.") || line.startsWith("| `hw."))
                .map(line -> line.split("\\|"))
                .map(cells -> cells[1].strip() + cells[2].strip())
                .toList();
        assertThat(documented)
                .containsExactly(Arrays.stream(Metric.values())
                        .map(metric -> "`" + metric.id() + "``" + metric.unit() + "`")
                        .toArray(String[]::new));
        assertThat(metrics.keySet())
                .contains(Arrays.stream(Metric.values()).map(Metric::id).toArray(String[]::new))
                .hasSize(Metric.values().length
                        + List.of("hw.temperature.coretemp").size());
    }

    @Test
    void chosen_devices_are_also_told_apart_but_count_once_in_the_sum() {
        sensor = sensor(Map.of("disks", "vda", "interfaces", "eth*,bond0"));
        host.layers = Set.of("bond0");
        host.disks = () -> Map.of("vda", new DiskCounters(1_000, 2_000, 300), "vdb", new DiskCounters(0, 0, 0));
        host.interfaces = () -> Map.of(
                "eth0", new NetworkCounters(0, 0),
                "eth1", new NetworkCounters(0, 0),
                "wlan0", new NetworkCounters(0, 0),
                "bond0", new NetworkCounters(0, 0));
        sensor.measure();
        host.disks =
                () -> Map.of("vda", new DiskCounters(6_000, 12_000, 2_800), "vdb", new DiskCounters(500, 0, 5_000));
        host.interfaces = () -> Map.of(
                "eth0", new NetworkCounters(100, 10),
                "eth1", new NetworkCounters(200, 20),
                "wlan0", new NetworkCounters(300, 30),
                "bond0", new NetworkCounters(300, 30));
        pass(Duration.ofSeconds(5));

        Map<String, Double> metrics = sensor.measure().metrics();

        assertThat(metrics)
                .contains(
                        entry("system.disk.io.read", 1_100.0),
                        entry("system.disk.io.read.vda", 1_000.0),
                        entry("system.disk.io.write.vda", 2_000.0),
                        entry("system.disk.io_time", 1.0),
                        entry("system.disk.io_time.vda", 0.5),
                        entry("system.network.io.receive", 120.0),
                        entry("system.network.io.receive.eth0", 20.0),
                        entry("system.network.io.receive.eth1", 40.0),
                        entry("system.network.io.transmit.bond0", 6.0))
                .doesNotContainKeys("system.disk.io.read.vdb", "system.network.io.receive.wlan0");
    }

    @Test
    void the_highest_temperature_of_each_chosen_chip_is_told_below_zero_too() throws IOException {
        chip("coretemp", 48_000, 51_500);
        chip("nvme", -3_000);
        chip("drivetemp", 99_000);
        sensor = sensor(Map.of("temperatures", "coretemp,nvme"));

        assertThat(sensor.measure().metrics())
                .contains(
                        entry("hw.temperature", 51.5),
                        entry("hw.temperature.coretemp", 51.5),
                        entry("hw.temperature.nvme", -3.0))
                .doesNotContainKey("hw.temperature.drivetemp");
    }

    @Test
    void a_host_without_the_chosen_chips_tells_everything_else() throws IOException {
        sensor = sensor(Map.of("temperatures", "*"));
        assertThat(sensor.measure().metrics())
                .doesNotContainKey("hw.temperature")
                .containsKey("system.uptime");

        chip("acpitz");

        assertThat(sensor.measure().metrics())
                .doesNotContainKey("hw.temperature")
                .containsKey("system.uptime");
    }

    @Test
    void a_file_that_is_no_text_of_metrics_costs_its_own_metrics_only() throws IOException {
        sensor = sensor(Map.of("custom.folder", folder.toString()));
        Files.writeString(folder.resolve("bad.prom"), "queue_length{\n");
        Files.writeString(folder.resolve("good.prom"), "queue_length{queue=\"mail\"} 3\n");

        assertThat(sensor.measure().metrics())
                .contains(entry("queue_length{queue=mail}", 3.0))
                .containsKey("system.uptime");
    }

    @Test
    void what_cannot_be_read_is_logged_once_and_again_only_after_it_has_worked() throws IOException {
        sensor = sensor(Map.of("custom.folder", folder.toString()));
        Path file = Files.writeString(folder.resolve("queue.prom"), "password: secret\n");

        try (RecordedLog log = new RecordedLog(Sensor.class)) {
            sensor.measure();
            sensor.measure();
            Files.writeString(file, "queue_length 3\n");
            sensor.measure();
            sensor.measure();
            Files.writeString(file, "queue_length three\n");
            sensor.measure();
            sensor.measure();

            assertThat(log.lines()).hasSize(3).allSatisfy(line -> assertThat(line)
                    .contains(file.toString())
                    .doesNotContain("secret"));
            assertThat(log.lines().get(0)).contains("left out", "line 1", "the value must be a number");
            assertThat(log.lines().get(1)).contains("works again");
            assertThat(log.lines().get(2)).contains("left out", "the value must be a number");
        }
    }

    @Test
    void a_file_that_is_gone_is_no_failure_and_takes_its_metrics_with_it() throws IOException {
        sensor = sensor(Map.of("custom.folder", folder.toString()));
        Path file = Files.writeString(folder.resolve("queue.prom"), "queue_length 3\n");
        sensor.measure();

        Files.delete(file);

        try (RecordedLog log = new RecordedLog(Sensor.class)) {
            assertThat(sensor.measure().metrics()).doesNotContainKey("queue_length");
            assertThat(log.lines()).isEmpty();
        }
    }

    @Test
    void only_chosen_custom_metrics_are_reported() throws IOException {
        sensor = sensor(Map.of("custom.folder", folder.toString(), "custom.names", "queue_*,up"));
        Files.writeString(folder.resolve("a.prom"), "queue_length{q=\"a\"} 1\nup 1\nupper 1\n");

        assertThat(sensor.measure().metrics())
                .containsKeys("queue_length{q=a}", "up")
                .doesNotContainKey("upper");
    }

    /** The server refuses a report with more than 512 metrics as a whole, and with it all that the others say. */
    @Test
    void no_report_holds_more_metrics_than_the_server_takes() throws IOException {
        sensor = sensor(
                Map.of("disks", "*", "interfaces", "*", "temperatures", "*", "custom.folder", folder.toString()));
        for (int number = 0; number < 100; number++) {
            chip("chip" + number, 20_000);
        }
        Files.writeString(
                folder.resolve("many.prom"),
                IntStream.range(0, 1_000).mapToObj(each -> "m" + each + " 1\n").collect(Collectors.joining())
                        + "m{long=\"" + "x".repeat(300) + "\"} 1\n");
        host.disks = () -> hundred("disk", new DiskCounters(1, 1, 1));
        host.interfaces = () -> hundred("if`\"\\ ", new NetworkCounters(1, 1));
        sensor.measure();
        host.cpuTime = () -> new CpuTime(1_001, 10_001);
        pass(Duration.ofSeconds(5));

        Set<String> names = sensor.measure().metrics().keySet();

        assertThat(names)
                .hasSize(Metric.values().length + 6 * Sensor.DEVICE_LIMIT + Sensor.CUSTOM_LIMIT)
                .hasSizeLessThanOrEqualTo(512)
                .allSatisfy(name -> assertThat(name).matches("[\\p{Graph}&&[^`\"\\\\]]{1,255}"));
    }

    @Test
    void counters_that_were_reset_leave_their_metrics_out_for_one_interval() {
        sensor.measure();
        host.cpuTime = () -> new CpuTime(10, 20);
        host.disks = () -> Map.of("vda", new DiskCounters(0, 0, 0));
        host.interfaces = () -> Map.of("eth0", new NetworkCounters(0, 0));
        pass(Duration.ofSeconds(5));

        Map<String, Double> afterReset = sensor.measure().metrics();
        host.cpuTime = () -> new CpuTime(15, 30);
        pass(Duration.ofSeconds(5));
        Map<String, Double> next = sensor.measure().metrics();

        assertThat(afterReset)
                .doesNotContainKeys("system.cpu.utilization", "system.disk.io", "system.network.io.receive");
        assertThat(next)
                .contains(
                        entry("system.cpu.utilization", 0.5),
                        entry("system.disk.io", 0.0),
                        entry("system.network.io.receive", 0.0));
    }

    @Test
    void no_time_between_two_reports_gives_no_rates() {
        sensor.measure();

        Map<String, Double> metrics = sensor.measure().metrics();

        assertThat(metrics).doesNotContainKeys("system.cpu.utilization", "system.disk.io", "system.network.io");
    }

    @Test
    void what_the_host_lacks_or_does_not_know_is_left_out() {
        host.swap = () -> new Space(0, 0);
        host.loadAverage = () -> new LoadAverage(-1, Double.NaN, 0.5);
        host.disks = Map::of;

        Map<String, Double> metrics = sensor.measure().metrics();

        assertThat(metrics)
                .doesNotContainKeys(
                        "system.paging.usage",
                        "system.paging.utilization",
                        "system.cpu.load_average.1m",
                        "system.cpu.load_average.5m")
                .containsEntry("system.cpu.load_average.15m", 0.5);
    }

    @Test
    void a_reading_that_fails_costs_only_its_own_metrics() {
        host.memory = () -> {
            throw new NoClassDefFoundError("Could not initialize class LinuxLibc");
        };
        host.users = () -> {
            throw new IllegalStateException("no utmp");
        };

        Report report = sensor.measure();

        assertThat(report.metrics())
                .doesNotContainKeys("system.memory.usage", "system.memory.utilization")
                .containsKeys("system.paging.usage", "system.uptime");
        assertThat(report.users()).isNull();
    }

    @Test
    void users_come_once_each_with_their_groups() {
        host.users = () -> List.of("bob", "alice", "alice");

        Report report = sensor.measure();

        assertThat(report.users())
                .containsExactly(new UserSession("alice", List.of("alice", "dba")), new UserSession("bob", List.of()));
    }

    @Test
    void no_report_holds_more_users_than_the_limit() {
        host.users = () -> IntStream.range(0, Sensor.USER_LIMIT + 1)
                .mapToObj(number -> "user" + number)
                .toList();

        assertThat(sensor.measure().users()).hasSize(Sensor.USER_LIMIT);
    }

    private void pass(Duration duration) {
        nanoTime += duration.toNanos();
    }

    private static <C> Map<String, C> hundred(String name, C counters) {
        return IntStream.range(0, 100).boxed().collect(Collectors.toMap(number -> name + number, number -> counters));
    }

    /** A chip of sensors, of temperatures in thousandths of a degree, as the kernel shows it. */
    private void chip(String driver, int... temperatures) throws IOException {
        Path chip = Files.createDirectories(folder.resolve("hwmon").resolve("of-" + driver));
        Files.writeString(chip.resolve("name"), driver + "\n");
        for (int number = 0; number < temperatures.length; number++) {
            Files.writeString(chip.resolve("temp" + (number + 1) + "_input"), temperatures[number] + "\n");
        }
        Files.createDirectories(chip.resolve("temp9_input")); // no probe there: reading fails
    }

    private Sensor sensor(Map<String, String> properties) {
        return new Sensor(
                host,
                () -> pressure.get(),
                new TemperatureFiles(folder.resolve("hwmon")),
                () -> ACCOUNTS,
                Configured.metrics(properties),
                () -> NOW,
                () -> nanoTime);
    }
}
