package dev.persona.agent.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostConfigTest {

    @Test
    void by_default_the_agent_may_change_nothing() {
        HostConfig config = config(Map.of());

        assertThat(config.root()).isEqualTo(Path.of("/"));
        assertThat(config.state()).isEqualTo(Path.of("/var/lib/persona-agent"));
        assertThat(config.cgroup().mount()).isEmpty();
        assertThat(config.cgroup().slice()).isEmpty();
        assertThat(config.permit()).isEmpty();
        assertThat(config.file()).isEmpty();
        assertThat(config.custom()).isEmpty();
    }

    @Test
    void an_owner_permits_parameters_and_declares_files_and_commands() {
        HostConfig config = config(Map.of(
                "persona.agent.permit[0].parameter", "sysctl.vm.*",
                "persona.agent.permit[0].maximum", "100",
                "persona.agent.permit[1].parameter", "custom.mode",
                "persona.agent.permit[1].values", "calm,busy",
                "persona.agent.file.motd.path", "/etc/motd",
                "persona.agent.file.motd.reload", "systemctl,reload,motd",
                "persona.agent.custom.mode.read", "get-mode",
                "persona.agent.custom.mode.apply", "set-mode,{value}",
                "persona.agent.cgroup.slice", "db.slice"));

        HostConfigCheck.check(config);

        assertThat(config.permit().get(0).maximum()).contains(BigDecimal.valueOf(100));
        assertThat(config.permit().get(1).values()).contains(List.of("calm", "busy"));
        HostConfig.ManagedFile motd = config.file().get("motd");
        assertThat(motd.reload()).contains(List.of("systemctl", "reload", "motd"));
        assertThat(motd.validate()).isEmpty();
        assertThat(motd.mode()).isEmpty();
        assertThat(motd.timeout()).isEqualTo(Duration.ofSeconds(30));
        HostConfig.CustomCommands mode = config.custom().get("mode");
        assertThat(mode.apply()).containsExactly("set-mode", "{value}");
        assertThat(mode.verify()).isEmpty();
        assertThat(mode.resetAtBoot()).isFalse();
        assertThat(mode.timeout()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void all_faults_are_named_at_once() {
        HostConfig config = new DeclaredHost(
                Path.of("/"),
                Path.of("/var/lib/persona-agent"),
                DeclaredHost.Group.of("../up"),
                List.of(DeclaredHost.Permit.range("cpu.weight", "9", "1")),
                new HashMap<>(Map.of(
                        "mode", DeclaredHost.File.at("/etc/mode").withMode("rw"),
                        "own", DeclaredHost.File.at("/var/lib/persona-agent/standing.json"),
                        "up", DeclaredHost.File.at("/etc/../root"))),
                Map.of(
                        "still",
                        new DeclaredHost.Custom(
                                List.of("get"), List.of("set"), Optional.empty(), Duration.ZERO, false)));

        assertThatThrownBy(() -> HostConfigCheck.check(config))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("`persona.agent.cgroup.slice` must be a path below the mount")
                .hasMessageContaining("`persona.agent.permit[0].minimum` is above its `maximum`")
                .hasMessageContaining("`persona.agent.file.mode.mode` must be octal")
                .hasMessageContaining("`persona.agent.file.own.path` lies in the agent's own folder")
                .hasMessageContaining("`persona.agent.file.up.path` must be an absolute path")
                .hasMessageContaining("`persona.agent.custom.still.apply` must have an argument `{value}`")
                .hasMessageContaining("`persona.agent.custom.still.timeout` must be longer");
    }

    @Test
    void faulty_profiles_and_times_are_named_too() {
        HostConfig config = config(Map.of(
                "persona.agent.firewall.profile.open", "open.nft",
                "persona.agent.firewall.profile.\"a.b\"", "/etc/persona-agent/../b.nft",
                "persona.agent.firewall.profile.quoted", "/etc/\"; flush ruleset",
                "persona.agent.command-timeout", "PT11M"));

        assertThatThrownBy(() -> HostConfigCheck.check(config))
                .hasMessageContaining("`persona.agent.firewall.profile.open` must be an absolute path")
                .hasMessageContaining("`persona.agent.firewall.profile.a.b` must be named by 1-64")
                .hasMessageContaining("`persona.agent.firewall.profile.a.b` must be an absolute path")
                .hasMessageContaining("`persona.agent.firewall.profile.quoted` must be an absolute path")
                .hasMessageContaining("`persona.agent.command-timeout` must be longer than PT0S and at most PT10M");
    }

    @Test
    void a_rule_that_no_parameter_could_meet_is_named_with_the_nearest() {
        HostConfig config = config(Map.of(
                "persona.agent.permit[0].parameter", "vm.swappiness",
                "persona.agent.permit[1].parameter", "cpu.wieght",
                "persona.agent.permit[2].parameter", "memroy.*",
                "persona.agent.permit[3].parameter", "power"));

        assertThatThrownBy(() -> HostConfigCheck.check(config))
                .hasMessageContaining(
                        "`persona.agent.permit[0].parameter` is `vm.swappiness`, but no parameter is called"
                                + " so; did you mean `sysctl.vm.swappiness`?")
                .hasMessageContaining("`cpu.wieght`, but no parameter is called so; did you mean `cpu.weight`?")
                .hasMessageContaining("`memroy.*`, but no parameter is called so; did you mean `memory.*`?")
                .hasMessageContaining("`power`, but no parameter is called so; they begin with `sysctl.`, `cpu.`,");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "cpu.*",
                "c*",
                "sysctl.vm.*",
                "*.vcpus",
                "domain.db-?.vcpus",
                "domain.*",
                "io.max.sda",
                "service.nginx",
                "network.egress.rate.*",
                "vm.*",
                "security.*_authentication",
                "file.motd"
            })
    void a_rule_that_a_parameter_could_meet_is_taken(String pattern) {
        HostConfigCheck.check(config(Map.of("persona.agent.permit[0].parameter", pattern)));
    }

    @Test
    void a_root_that_is_no_folder_is_refused() {
        assertThatThrownBy(() -> HostConfigCheck.check(config(Map.of("persona.agent.root", "/nosuch"))))
                .hasMessage(
                        "`persona.agent.root` is `/nosuch`, which is no folder; make it, or leave the property out for"
                                + " the real host");
    }

    @Test
    void a_bound_with_a_unit_is_refused_with_what_to_write() {
        assertThatThrownBy(() -> config(Map.of(
                        "persona.agent.permit[0].parameter", "memory.*",
                        "persona.agent.permit[0].maximum", "2GiB")))
                .hasMessageContaining("persona.agent.permit[0].maximum")
                .hasMessageContaining(
                        "write a number without a unit: of bytes, bit/s or cores, as in 2147483648 for 2 GiB");
    }

    @Test
    void two_names_for_one_file_are_refused() {
        HostConfig config = config(Map.of(
                "persona.agent.file.one.path", "/etc/motd",
                "persona.agent.file.two.path", "/etc/motd"));

        assertThatThrownBy(() -> HostConfigCheck.check(config)).hasMessageContaining("are the same");
    }

    private static HostConfig config(Map<String, String> properties) {
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .withMapping(HostConfig.class)
                .withSources(new PropertiesConfigSource(properties, "test", 100))
                .build();
        return config.getConfigMapping(HostConfig.class);
    }
}
