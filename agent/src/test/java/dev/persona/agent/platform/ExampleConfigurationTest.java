package dev.persona.agent.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.persona.agent.sensor.MetricsConfig;
import dev.persona.agent.sensor.Sensor;
import io.smallrye.config.SmallRyeConfig;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The commented example that the package ships: whoever takes comment signs away gets what the agent understands. */
class ExampleConfigurationTest {
    private static final Path SHIPPED = Path.of("src/main/deb/root/etc/persona-agent/application.properties");

    @Test
    void as_shipped_it_changes_no_default() throws IOException {
        assertThat(properties(Files.readString(SHIPPED))).isEmpty();
    }

    @Test
    void with_every_line_it_permits_every_family_and_passes_the_checks_of_the_start() throws IOException {
        SmallRyeConfig config = ConfigurationTest.configured(uncommented(Files.readString(SHIPPED)));
        HostConfig host = config.getConfigMapping(HostConfig.class);

        HostConfigCheck.check(host);

        Permission permission = new Permission(host.permit());
        for (String parameter : List.of(
                "sysctl.vm.swappiness",
                "memory.max",
                "io.max.sda",
                "cpu.energy_performance_preference",
                "disk.scheduler.sda",
                "disk.readahead.sda",
                "vm.transparent_hugepage",
                "service.backup",
                "security.firewall.profile",
                "domain.web.cpu_shares",
                "file.motd",
                "custom.power_profile")) {
            assertThat(permission.refusal(parameter, JsonNodeFactory.instance.numberNode(1)))
                    .as(parameter)
                    .isEmpty();
        }
        assertThat(permission.refusal("cpu.governor", JsonNodeFactory.instance.textNode("powersave")))
                .isEmpty();
        assertThat(permission.refusal("cpu.weight", JsonNodeFactory.instance.numberNode(1000)))
                .isEmpty();
        assertThat(permission.refusal("network.egress.rate", JsonNodeFactory.instance.numberNode(10_000_000)))
                .isEmpty();
        assertThat(permission.refusal(
                        "security.ssh.password_authentication", JsonNodeFactory.instance.booleanNode(false)))
                .isEmpty();
        assertThat(host.file()).containsKey("motd");
        assertThat(host.custom()).containsKey("power_profile");
        assertThat(host.firewall().profile()).containsKey("lockdown");
        assertThat(host.cgroup().slice()).contains("db.slice");
        assertThat(Identity.of(config.getConfigMapping(AgentConfig.class), Path.of("/"))
                        .instanceId())
                .isEqualTo("db-01");
        MetricsConfig metrics = config.getConfigMapping(MetricsConfig.class);
        assertThat(metrics.interfaces()).contains(List.of("eth*", "en*"));
        assertThatNoException().isThrownBy(() -> Sensor.ofThisHost(metrics, InstantSource.system()));
    }

    @Test
    void each_paragraph_can_be_taken_alone() throws IOException {
        for (String paragraph : Files.readString(SHIPPED).split("\n\n")) {
            HostConfig host =
                    ConfigurationTest.configured(uncommented(paragraph)).getConfigMapping(HostConfig.class);

            HostConfigCheck.check(host);
        }
    }

    @Test
    void a_line_that_the_agent_does_not_know_would_be_found_here() {
        assertThatThrownBy(() -> ConfigurationTest.configured(uncommented("#persona.agent.cgroup.slise=db.slice")))
                .hasMessageContaining("persona.agent.cgroup.slise");
    }

    private static Map<String, String> uncommented(String text) throws IOException {
        return properties(text.lines()
                .map(line -> line.startsWith("#persona.") ? line.substring(1) : line)
                .collect(Collectors.joining("\n")));
    }

    private static Map<String, String> properties(String text) throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(text));
        return properties.stringPropertyNames().stream()
                .collect(Collectors.toMap(name -> name, properties::getProperty));
    }
}
