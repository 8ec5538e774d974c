package dev.persona.agent.sensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.persona.agent.platform.Configured;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The real sensor on the machine that runs the test. */
class OshiHostTest {

    @Test
    void real_values_are_sane() {
        Sensor sensor = sensor(Map.of());
        sensor.measure();

        // The kernel counts processor time in hundredths of a second: the second report may still see no growth.
        Map<String, Double> metrics =
                await().until(() -> sensor.measure().metrics(), found -> found.containsKey("system.cpu.utilization"));

        assertThat(metrics)
                .containsKeys(
                        "system.cpu.load_average.1m",
                        "system.memory.usage",
                        "system.memory.utilization",
                        "system.filesystem.utilization",
                        "system.process.count",
                        "system.uptime");
        assertThat(metrics.values())
                .allSatisfy(value -> assertThat(value).isFinite().isNotNegative());
        assertThat(metrics).allSatisfy((name, value) -> {
            if (name.endsWith(".utilization")) {
                assertThat(value).as(name).isBetween(0.0, 1.0);
            }
        });
        assertThat(metrics.get("system.memory.usage")).isGreaterThan(1 << 20);
        assertThat(metrics.get("system.process.count")).isPositive();
        assertThat(metrics.get("system.uptime")).isPositive();
    }

    @Test
    void each_disk_and_interface_of_this_machine_is_told_apart_and_what_counts_adds_up() throws IOException {
        Sensor sensor = sensor(Map.of("disks", "*", "interfaces", "*", "temperatures", "*"));
        sensor.measure();

        Map<String, Double> metrics = sensor.measure().metrics();

        List<String> interfaces = devices(metrics, "system.network.io.receive.");
        List<String> disks = devices(metrics, "system.disk.io.read.");
        assertThat(interfaces)
                .isSubsetOf(folders("/sys/class/net"))
                .doesNotContain("lo")
                .isEqualTo(devices(metrics, "system.network.io.transmit."));
        assertThat(disks).isEqualTo(devices(metrics, "system.disk.io_time."));
        assertThat(metrics.containsKey("system.network.io.receive")).isEqualTo(!interfaces.isEmpty());
        assertThat(metrics.containsKey("system.disk.io.read")).isEqualTo(!disks.isEmpty());
        assertThat(metrics.containsKey("hw.temperature"))
                .isEqualTo(!devices(metrics, "hw.temperature.").isEmpty());
    }

    @Test
    void users_are_measured() {
        assertThat(sensor(Map.of()).measure().users()).isNotNull();
    }

    private static Sensor sensor(Map<String, String> properties) {
        return Sensor.ofThisHost(Configured.metrics(properties), InstantSource.system());
    }

    private static List<String> devices(Map<String, Double> metrics, String prefix) {
        return metrics.keySet().stream()
                .filter(name -> name.startsWith(prefix))
                .map(name -> name.substring(prefix.length()))
                .toList();
    }

    private static List<String> folders(String folder) throws IOException {
        try (Stream<Path> all = Files.list(Path.of(folder))) {
            return all.map(path -> path.getFileName().toString()).toList();
        }
    }
}
