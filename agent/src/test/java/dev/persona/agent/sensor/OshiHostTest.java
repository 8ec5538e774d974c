package dev.persona.agent.sensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The real sensor on the machine that runs the test. */
class OshiHostTest {

    @Test
    void real_values_are_sane() {
        Sensor sensor = Sensor.ofThisHost(InstantSource.system());
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
    void users_are_measured() {
        assertThat(Sensor.ofThisHost(InstantSource.system()).measure().users()).isNotNull();
    }
}
