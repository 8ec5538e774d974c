package dev.persona.agent.applier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.persona.agent.platform.DeclaredHost;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CgroupApplierTest extends ApplierContractTest {
    private static final String GROUP = "/sys/fs/cgroup/db.slice/";

    @Override
    void prepare() throws IOException {
        write(GROUP + "cpu.weight", "100\n");
        write(GROUP + "cpu.max", "max 100000\n");
        write(GROUP + "cpuset.cpus", "\n");
        write(GROUP + "memory.low", "0\n");
        write(GROUP + "memory.high", "max\n");
        write(GROUP + "memory.max", "max\n");
        write(GROUP + "io.weight", "default 100\n");
    }

    @Override
    Applier applier() {
        return new CgroupApplier(files, root, DeclaredHost.Group.of("db.slice"));
    }

    @Override
    List<Example> examples() {
        List<Object> noBytes = List.of(-1, 1.5, "12GiB", "MAX", true, 1e30);
        return List.of(
                new Example("cpu.weight", List.of(1, 800, 10_000), List.of(0, 10_001, 1.5, "800", true, List.of())),
                new Example(
                        "cpu.max",
                        List.of(0.5, 2, "max"),
                        List.of(
                                0,
                                -1,
                                0.001,
                                "2",
                                "150%",
                                true,
                                1e9,
                                new BigDecimal("1e999999999"),
                                new BigDecimal("1e-999999999"))),
                new Example("cpu.affinity", List.of("0-3", "0,2", "1"), List.of("", "a", "3-1", "0-", "99999", 1.5)),
                new Example("memory.low", List.of(4096, 8_589_934_592L), noBytes),
                new Example("memory.high", List.of(1_048_576, "max"), noBytes),
                new Example("memory.max", List.of(2_097_152, "max", 0), noBytes),
                new Example("io.weight", List.of(1, 10_000), List.of(0, 10_001, "default 1")));
    }

    @Override
    List<String> lacking() {
        return List.of("memory.swap.max");
    }

    @ParameterizedTest
    @CsvSource({"0.5, 50000 100000", "1, 100000 100000", "1.333333, 133333 100000", "64, 6400000 100000"})
    void cores_become_a_quota_of_each_period(double cores, String written) throws IOException {
        applier().apply("cpu.max", json(cores));

        assertThat(text(GROUP + "cpu.max")).isEqualTo(written + "\n");
    }

    @Test
    void bytes_that_the_kernel_rounded_down_to_a_page_are_the_same() throws IOException {
        write(GROUP + "memory.high", "1048576\n");

        assertThat(applier().verify("memory.high", json(1_048_576 + 4095)).holds())
                .isTrue();
        assertThat(applier().verify("memory.high", json(1_048_576 - 1)).holds()).isFalse();
        assertThat(applier().verify("memory.high", json(1_048_576 + 65_536)).holds())
                .isFalse();
    }

    @Test
    void lists_of_the_same_cpus_are_the_same() throws IOException {
        write(GROUP + "cpuset.cpus", "0-3\n");

        assertThat(applier().verify("cpu.affinity", json("2,0-1,3")).holds()).isTrue();
        assertThat(applier().verify("cpu.affinity", json("0-2")).holds()).isFalse();
    }

    @Test
    void weights_of_single_devices_are_left_alone() throws IOException {
        write(GROUP + "io.weight", "default 100\n8:0 50\n");

        assertThat(applier().verify("io.weight", json(100)).holds()).isTrue();
        assertThat(applier().verify("io.weight", json(50)).holds()).isFalse();
    }

    @Test
    void on_a_hybrid_host_the_hierarchy_is_found_below_unified() throws IOException {
        write("/sys/fs/cgroup/unified/cgroup.controllers", "cpu\n");
        write("/sys/fs/cgroup/unified/db.slice/cpu.weight", "100\n");

        applier().apply("cpu.weight", json(7));

        assertThat(text("/sys/fs/cgroup/unified/db.slice/cpu.weight")).isEqualTo("7\n");
        assertThat(text(GROUP + "cpu.weight")).isEqualTo("100\n");
    }

    @Test
    void a_configured_mount_is_taken() throws IOException {
        write("/cgroup2/db.slice/cpu.weight", "100\n");
        Applier applier = new CgroupApplier(
                files, root, new DeclaredHost.Group(Optional.of("/cgroup2"), Optional.of("db.slice")));

        applier.apply("cpu.weight", json(7));

        assertThat(text("/cgroup2/db.slice/cpu.weight")).isEqualTo("7\n");
    }

    @Test
    void without_a_configured_slice_nothing_is_supported() throws IOException {
        Applier applier = new CgroupApplier(files, root, new DeclaredHost.Group(Optional.empty(), Optional.empty()));

        assertThat(applier.support("cpu.weight"))
                .isEqualTo(
                        new Support.NotSupported("no control group is configured, see `persona.agent.cgroup.slice`"));
    }

    @Test
    void a_missing_group_or_controller_is_named() throws IOException {
        assertThat(applier().support("memory.swap.max"))
                .isEqualTo(new Support.NotSupported("`" + root.at(GROUP + "memory.swap.max")
                        + "` does not exist; is its controller in `cgroup.controllers`?"));
        assertThat(new CgroupApplier(files, root, DeclaredHost.Group.of("no.slice")).support("cpu.weight"))
                .isEqualTo(new Support.NotSupported(
                        "the control group `" + root.at("/sys/fs/cgroup/no.slice") + "` does not exist"));
    }

    @Test
    void a_group_that_is_gone_took_its_values_with_it() throws IOException {
        var original = applier().read("cpu.weight");
        applier().apply("cpu.weight", json(7));
        Files.delete(root.at(GROUP + "cpu.weight"));

        applier().restore("cpu.weight", original);

        assertThat(root.at(GROUP + "cpu.weight")).doesNotExist();
    }

    @Test
    void limits_grow_before_others_shrink_and_the_mildest_shrinks_first() {
        assertThat(applier().precedence("memory.max", "100", "max"))
                .isLessThan(applier().precedence("memory.high", "100", "200"))
                .isLessThan(applier().precedence("memory.high", "200", "100"));
        assertThat(applier().precedence("memory.high", "max", "100"))
                .isLessThan(applier().precedence("memory.max", "max", "200"));
    }
}
