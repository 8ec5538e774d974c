package dev.persona.agent.applier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.persona.agent.platform.Snapshot;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SysctlApplierTest extends ApplierContractTest {

    @Override
    void prepare() throws IOException {
        write("/proc/sys/vm/swappiness", "60\n");
        write("/proc/sys/vm/dirty_bytes", "0\n");
        write("/proc/sys/vm/dirty_ratio", "20\n");
        write("/proc/sys/net/ipv4/tcp_rmem", "4096\t131072\t6291456\n");
        write("/proc/sys/net/ipv4/tcp_congestion_control", "cubic\n");
        write("/proc/sys/net/ipv4/conf/eth0.100/forwarding", "0\n");
        write("/proc/sys/net/ipv4/neigh/default/base_reachable_time_ms", "30000\n");
        write("/proc/sys/kernel/ostype", "Linux\n");
        Files.setPosixFilePermissions(root.at("/proc/sys/kernel/ostype"), PosixFilePermissions.fromString("r--r--r--"));
    }

    @Override
    Applier applier() {
        return new SysctlApplier(files, root);
    }

    @Override
    List<Example> examples() {
        List<Object> unusable = List.of("", "  ", "1\n2", "1\0", List.of(1), "x".repeat(70_000));
        return List.of(
                new Example("sysctl.vm.swappiness", List.of(1, "10", 0), unusable),
                new Example("sysctl.vm.dirty_bytes", List.of(1_048_576, 2_097_152), unusable),
                new Example("sysctl.net.ipv4.tcp_rmem", List.of("4096 87380 1", "1 2 3"), unusable),
                new Example("sysctl.net.ipv4.tcp_congestion_control", List.of("bbr", "reno"), unusable),
                new Example("sysctl.net.ipv4.conf.eth0/100.forwarding", List.of(true, false), unusable));
    }

    @Override
    List<String> lacking() {
        return List.of("sysctl.vm.nothing", "sysctl.kernel.ostype", "sysctl.vm", "sysctl.", "sysctl.vm/swappiness");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sysctl.../../etc/passwd",
                "sysctl./etc/passwd",
                "sysctl.vm...swappiness",
                "sysctl.vm/../../../etc/passwd",
                "sysctl.vm.swappiness ",
                "sysctl.vm.swappiness\n"
            })
    void no_key_leads_out_of_proc_sys(String parameter) throws IOException {
        write("/etc/passwd", "root");

        assertThat(applier().support(parameter)).isInstanceOf(Support.NotSupported.class);
    }

    @Test
    @Timeout(60)
    void a_number_of_a_billion_digits_is_no_work() throws IOException {
        assertThat(applier().verify("sysctl.vm.swappiness", json("1e999999999")).holds())
                .isFalse();
        assertThatThrownBy(() -> applier().verify("sysctl.vm.swappiness", json(new BigDecimal("1e999999999"))))
                .isInstanceOf(UnusableValueException.class);
    }

    @Test
    void white_space_between_several_numbers_does_not_matter() throws IOException {
        assertThat(applier()
                        .verify("sysctl.net.ipv4.tcp_rmem", json("4096 131072 6291456"))
                        .holds())
                .isTrue();
    }

    @Test
    void milliseconds_that_the_kernel_rounded_to_its_ticks_are_the_same() throws IOException {
        String parameter = "sysctl.net.ipv4.neigh.default.base_reachable_time_ms";

        assertThat(applier().verify(parameter, json(29_997)).holds()).isTrue();
        assertThat(applier().verify(parameter, json(29_990)).holds()).isFalse();
    }

    @Test
    void a_key_whose_counterpart_the_kernel_zeroes_is_restored_by_way_of_the_counterpart() throws IOException {
        Snapshot original = applier().read("sysctl.vm.dirty_bytes");
        applier().apply("sysctl.vm.dirty_bytes", json(1_048_576));
        assertThat(text("/proc/sys/vm/dirty_ratio")).isEqualTo("0\n");

        applier().restore("sysctl.vm.dirty_bytes", original);

        assertThat(original.shown()).contains("vm/dirty_bytes = 0\nvm/dirty_ratio = 20");
        assertThat(text("/proc/sys/vm/dirty_ratio")).isEqualTo("20\n");
        assertThat(text("/proc/sys/vm/dirty_bytes")).isEqualTo("0\n");
    }

    @Test
    void a_setting_that_is_gone_took_its_value_with_it() throws IOException {
        String parameter = "sysctl.net.ipv4.conf.eth0/100.forwarding";
        Snapshot original = applier().read(parameter);
        Files.delete(root.at("/proc/sys/net/ipv4/conf/eth0.100/forwarding"));

        applier().restore(parameter, original);

        assertThat(applier().read(parameter)).isEqualTo(Snapshot.absent());
    }
}
