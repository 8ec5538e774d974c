package dev.persona.agent.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.persona.agent.link.LinkConfig;
import dev.persona.agent.sensor.MetricsConfig;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pins every default, so that changing one is a decision. */
class ConfigurationTest {

    @Test
    void defaults_of_the_agent() {
        AgentConfig config = configured(Map.of()).getConfigMapping(AgentConfig.class);

        assertThat(config.instanceId()).isEmpty();
        assertThat(config.tags()).isEmpty();
        assertThat(config.reportInterval()).isEmpty();
        assertThat(config.verifyInterval()).isEqualTo(Duration.ofMinutes(1));
        assertThat(config.retryInterval()).isEqualTo(Duration.ofMinutes(1));
        assertThat(config.onDrift().reaction()).isEqualTo(AgentConfig.OnDrift.Reaction.REPORT);
        assertThat(config.onDrift().corrections()).isEqualTo(3);
        assertThat(config.onDrift().within()).isEqualTo(Duration.ofHours(1));
        assertThat(config.onDisconnect().reaction()).isEqualTo(AgentConfig.OnDisconnect.Reaction.KEEP);
        assertThat(config.onDisconnect().after()).isEqualTo(Duration.ofHours(1));
        assertThat(config.onStop()).isEqualTo(AgentConfig.OnStop.KEEP);
    }

    @Test
    void by_default_nothing_is_reported_beyond_what_every_agent_reports() {
        MetricsConfig config = configured(Map.of()).getConfigMapping(MetricsConfig.class);

        assertThat(config.interfaces()).isEmpty();
        assertThat(config.disks()).isEmpty();
        assertThat(config.temperatures()).isEmpty();
        assertThat(config.custom().folder()).isEmpty();
        assertThat(config.custom().maxAge()).isEmpty();
        assertThat(config.custom().endpoint()).isEmpty();
        assertThat(config.custom().names()).containsExactly("*");
    }

    @Test
    void defaults_of_the_link() {
        LinkConfig config = configured(Map.of()).getConfigMapping(LinkConfig.class);

        assertThat(config.url()).isEqualTo(URI.create("http://127.0.0.1:8080"));
        assertThat(config.connectTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.pingInterval()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.maxMessageSize().asLongValue()).isEqualTo(4 * 1024 * 1024);
        assertThat(config.retry().initial()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.retry().maximum()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void by_default_nothing_of_the_host_may_be_touched() {
        HostConfig config = configured(Map.of()).getConfigMapping(HostConfig.class);

        assertThat(config.root()).isEqualTo(Path.of("/"));
        assertThat(config.state()).isEqualTo(Path.of("/var/lib/persona-agent"));
        assertThat(config.cgroup().mount()).isEmpty();
        assertThat(config.cgroup().slice()).isEmpty();
        assertThat(config.permit()).isEmpty();
        assertThat(config.file()).isEmpty();
        assertThat(config.custom()).isEmpty();
        assertThat(config.ssh().reload()).containsExactly("systemctl", "try-reload-or-restart", "ssh.service");
        assertThat(config.firewall().profile()).isEmpty();
        assertThat(config.libvirt().uri()).isEqualTo("qemu:///system");
        assertThat(config.commandTimeout()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void defaults_of_what_the_owner_declares() {
        HostConfig config = configured(Map.of(
                        "persona.agent.permit[0].parameter", "cpu.*",
                        "persona.agent.file.motd.path", "/etc/motd",
                        "persona.agent.custom.profile.read", "get",
                        "persona.agent.custom.profile.apply", "set,{value}"))
                .getConfigMapping(HostConfig.class);

        HostConfig.PermitRule rule = config.permit().get(0);
        assertThat(List.of(rule.minimum(), rule.maximum(), rule.values())).containsOnly(Optional.empty());
        HostConfig.ManagedFile file = config.file().get("motd");
        assertThat(List.of(file.owner(), file.group(), file.mode(), file.validate(), file.reload()))
                .containsOnly(Optional.empty());
        assertThat(file.timeout()).isEqualTo(Duration.ofSeconds(30));
        HostConfig.CustomCommands custom = config.custom().get("profile");
        assertThat(custom.apply()).containsExactly("set", "{value}");
        assertThat(custom.verify()).isEmpty();
        assertThat(custom.timeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(custom.resetAtBoot()).isFalse();
    }

    @Test
    void remote_access_is_off_by_default() {
        assertThat(configured(Map.of()).getConfigMapping(SecurityConfig.class).allowRemote())
                .isFalse();
    }

    @Test
    void tags_take_several_values() {
        AgentConfig config = configured(Map.of("persona.agent.tags.persona_group", "db,linux"))
                .getConfigMapping(AgentConfig.class);

        assertThat(config.tags()).isEqualTo(Map.of("persona_group", List.of("db", "linux")));
    }

    @Test
    void what_is_done_about_drift_and_a_server_that_is_away_is_one_word_with_details_below_it() {
        AgentConfig config = configured(Map.of(
                        "persona.agent.on-drift", "correct",
                        "persona.agent.on-drift.corrections", "5",
                        "persona.agent.on-disconnect", "rollback",
                        "persona.agent.on-disconnect.after", "PT10M"))
                .getConfigMapping(AgentConfig.class);

        assertThat(config.onDrift().reaction()).isEqualTo(AgentConfig.OnDrift.Reaction.CORRECT);
        assertThat(config.onDrift().corrections()).isEqualTo(5);
        assertThat(config.onDisconnect().reaction()).isEqualTo(AgentConfig.OnDisconnect.Reaction.ROLLBACK);
        assertThat(config.onDisconnect().after()).isEqualTo(Duration.ofMinutes(10));
    }

    @ParameterizedTest
    @CsvSource({
        "persona.agent.on-drift, write `report` or `correct`",
        "persona.agent.on-disconnect, write `keep` or `rollback`",
        "persona.agent.on-stop, write `keep` or `restore`"
    })
    void a_word_that_is_none_of_a_few_is_refused_with_those_that_may_be_written(String property, String remedy) {
        assertThatThrownBy(() -> configured(Map.of(property, "fix")))
                .hasMessageContaining(property)
                .hasMessageContaining("\"fix\"")
                .hasMessageContaining(remedy);
    }

    @Test
    void a_value_out_of_bounds_is_refused_with_its_bounds() {
        assertThatThrownBy(() -> Bounds.check("persona.agent.report-interval", 0, 1, 9))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("`persona.agent.report-interval` is `0`; set it to 1 to 9");
    }

    /** The configuration that the agent would read from these properties alone. */
    static SmallRyeConfig configured(Map<String, String> properties) {
        return new SmallRyeConfigBuilder()
                .withMapping(AgentConfig.class)
                .withMapping(SecurityConfig.class)
                .withMapping(LinkConfig.class)
                .withMapping(HostConfig.class)
                .withMapping(MetricsConfig.class)
                .withConverter(MemorySize.class, 100, new MemorySizeConverter())
                .withSources(new PropertiesConfigSource(properties, "test", 100))
                .build();
    }
}
