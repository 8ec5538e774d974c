package dev.persona.agent.applier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.persona.agent.platform.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServiceApplierTest extends ProgramApplierContractTest {
    private static final String DROP_IN = "/run/systemd/system/nginx.service.d/zz-persona-agent.conf";

    @Override
    void prepare() throws IOException {
        Programs.install(root, "systemctl");
        Files.createDirectories(root.at("/run/systemd/system"));
        unit("nginx.service", "loaded", "active");
        unit("backup.service", "loaded", "inactive");
        unit("backup.timer", "loaded", "active");
        unit("masked.service", "masked", "inactive");
        unit("persona-agent.service", "loaded", "active");
        unit("foo.bar.service", "loaded", "inactive");
        write("/run/systemctl/alias.service", "Id=nginx.service\nLoadState=loaded\nActiveState=active\n");
    }

    private void unit(String id, String loadState, String activeState) throws IOException {
        write("/run/systemctl/" + id, Programs.unit(id, loadState, activeState));
    }

    @Override
    String program() {
        return "systemctl";
    }

    @Override
    Applier applier() {
        return new ServiceApplier(files, root, tool());
    }

    @Override
    List<Example> examples() {
        List<Object> unusable = List.of(
                "running",
                true,
                1,
                Map.of(),
                Map.of("state", "on"),
                Map.of("cpu_weight", 0),
                Map.of("cpu_weight", 10_001),
                Map.of("cpu_weight", "max"),
                Map.of("cpu_max", 0),
                Map.of("memory_high", "2GiB"),
                Map.of("memory_high", -1),
                Map.of("nice", 1),
                Map.of("state", "started", "ExecStart", "/bin/sh"));
        return List.of(
                new Example(
                        "service.nginx",
                        List.of(
                                "stopped",
                                Map.of("cpu_weight", 200, "cpu_max", 1.5, "memory_high", 1_073_741_824),
                                Map.of("state", "stopped", "cpu_max", 0.3333, "tasks_max", "max"),
                                Map.of("cpu_weight", 7)),
                        unusable),
                new Example(
                        "service.backup", List.of("started", Map.of("state", "stopped", "cpu_weight", 3)), unusable),
                new Example("service.foo.bar", List.of("started", "stopped"), unusable),
                new Example("service.backup.timer", List.of("stopped", "started"), List.of(Map.of("cpu_weight", 1))));
    }

    @Override
    List<String> lacking() {
        return List.of(
                "service.nothing",
                "service.masked",
                "service.persona-agent",
                "service.persona-agent.service",
                "service.nginx.service",
                "service.alias",
                "service.",
                "service.a b",
                "service.../x");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    nothing       | this host has no unit `nothing.service`
                    masked        | systemd shows the unit `masked.service` as masked
                    nginx.service | spell it `service.nginx`, so that it has one name
                    alias         | spell it `service.nginx`, so that it has one name
                    persona-agent | the agent does not change its own unit
                    """)
    void a_unit_that_can_not_be_set_is_told_with_the_reason(String unit, String reason) throws IOException {
        assertThat(applier().support("service." + unit)).isEqualTo(new Support.NotSupported(reason));
    }

    @Test
    void resources_are_a_drop_in_that_a_boot_forgets_and_take_effect_by_a_reload() throws IOException {
        applier().apply("service.nginx", json(Map.of("cpu_weight", 200, "cpu_max", 1.5, "memory_high", "max")));

        assertThat(text(DROP_IN))
                .isEqualTo(
                        """
                        # Written by persona-agent, which takes it back; the unit was started
                        [Service]
                        CPUQuota=150%
                        CPUWeight=200
                        MemoryHigh=infinity
                        """);
        assertThat(Programs.calls(root)).contains("systemctl <daemon-reload>");
        assertThat(applier().isResetAtBoot("service.nginx")).isTrue();
    }

    @Test
    void what_a_value_does_not_name_is_as_the_unit_has_it_whatever_was_in_force_before() throws IOException {
        applier().apply("service.nginx", json(Map.of("state", "stopped", "cpu_weight", 200)));

        applier().apply("service.nginx", json(Map.of("memory_high", 4096)));

        assertThat(text(DROP_IN)).doesNotContain("CPUWeight").contains("MemoryHigh=4096");
        assertThat(text("/run/systemctl/nginx.service")).contains("ActiveState=active");
    }

    @Test
    void a_unit_that_is_as_wanted_already_is_not_touched() throws IOException {
        assertThat(applier().verify("service.nginx", json("started")))
                .isEqualTo(new Verification(true, Optional.of("started")));
        assertThat(applier().verify("service.nginx", json(Map.of("tasks_max", 4915))))
                .isEqualTo(new Verification(true, Optional.of("started, TasksMax=4915")));
    }

    @Test
    void a_unit_that_is_gone_took_its_state_with_it() throws IOException {
        Snapshot original = applier().read("service.nginx");
        applier().apply("service.nginx", json("stopped"));
        Files.delete(root.at("/run/systemctl/nginx.service"));

        applier().restore("service.nginx", original);

        assertThat(root.at(DROP_IN)).doesNotExist();
    }

    @Test
    void a_unit_without_resources_says_so() {
        assertThatThrownBy(() -> applier().apply("service.backup.timer", json(Map.of("cpu_weight", 1))))
                .hasMessage("`service.backup.timer` takes `started` or `stopped`, for `backup.timer` gets no resources,"
                        + " not `{\"cpu_weight\":1}`");
    }

    @ParameterizedTest
    @CsvSource({
        "1.500000s, 1.5",
        "500ms, 0.5",
        "1min 4s, 64",
        "10ms, 0.01",
        "333.300ms, 0.3333",
        "2h 46min 40s, 10000",
        "infinity, infinity"
    })
    void quotas_are_read_as_systemd_writes_time_spans(String shown, String cores) {
        assertThat(UnitResource.BY_NAME.get("cpu_max").shown(shown)).isEqualTo(cores);
    }
}
