package dev.persona.agent.applier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.persona.agent.platform.HostRoot;
import dev.persona.agent.platform.LinuxFiles;
import dev.persona.agent.platform.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Real settings of the kernel that runs the tests, put back right after; only as root. {@link SysctlApplierTest} tests
 * the same logic everywhere.
 */
class RealSysctlTest {
    private final LinuxFiles files = new LinuxFiles();
    private final SysctlApplier applier = new SysctlApplier(files, new HostRoot(Path.of("/")));
    private final Map<String, Snapshot> originals = new LinkedHashMap<>();

    @BeforeEach
    void needs_a_kernel_that_lets_itself_be_changed() throws IOException {
        Path swappiness = Path.of("/proc/sys/vm/swappiness");
        assumeTrue(
                Files.isWritable(swappiness) && files.own().uid() == 0,
                "real sysctl values are not tested: this is not root, or /proc/sys is read-only");
    }

    @ParameterizedTest
    @CsvSource({
        "sysctl.vm.swappiness, 13",
        "sysctl.vm.dirty_ratio, 37",
        "sysctl.vm.dirty_bytes, 123456789",
        "sysctl.net.ipv4.tcp_rmem, 4096 65536 1048576",
        "sysctl.net.ipv4.neigh.default.base_reachable_time_ms, 29997",
        "sysctl.kernel.printk, 3 4 1 7",
    })
    void a_real_setting_is_applied_verified_and_restored(String parameter, String text) throws IOException {
        JsonNode value = new ObjectMapper().valueToTree(text);
        assumeTrue(
                applier.support(parameter) instanceof Support.Supported,
                parameter + " is not tested: " + applier.support(parameter));
        Snapshot original = applier.read(parameter);
        originals.put(parameter, original);

        applier.apply(parameter, value);

        assertThat(applier.verify(parameter, value)).matches(Verification::holds);
        applier.restore(parameter, original);
        assertThat(applier.read(parameter)).isEqualTo(original);
    }

    @AfterEach
    void puts_the_kernel_back_whatever_happened() throws IOException {
        for (Map.Entry<String, Snapshot> original : originals.entrySet()) {
            applier.restore(original.getKey(), original.getValue());
        }
    }
}
