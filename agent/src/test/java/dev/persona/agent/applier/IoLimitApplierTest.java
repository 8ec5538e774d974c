package dev.persona.agent.applier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.persona.agent.platform.DeclaredHost;
import dev.persona.agent.platform.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class IoLimitApplierTest extends ApplierContractTest {
    private static final String FILE = "/sys/fs/cgroup/db.slice/io.max";

    @Override
    void prepare() throws IOException {
        write("/sys/block/sda/dev", "8:0\n");
        write("/sys/block/nvme0n1/dev", "259:0\n");
        write(FILE, "259:0 rbps=1048576 wbps=max riops=max wiops=max\n");
    }

    @Override
    Applier applier() {
        return new IoLimitApplier(files, root, DeclaredHost.Group.of("db.slice"));
    }

    @Override
    List<Example> examples() {
        List<Object> unusable = List.of(
                Map.of(),
                "max",
                5,
                Map.of("rbps", 0),
                Map.of("rbps", -1),
                Map.of("rbps", "1MiB"),
                Map.of("rbps", 1.5),
                Map.of("wbsp", 1),
                Map.of("wbsp", "max"),
                Map.of("rbps", 1, "riops", Map.of()));
        return List.of(
                new Example(
                        "io.max.sda",
                        List.of(Map.of("rbps", 1_048_576), Map.of("wiops", 100, "rbps", "max")),
                        unusable),
                new Example("io.max.nvme0n1", List.of(Map.of("riops", 7), Map.of("wbps", Long.MAX_VALUE)), unusable));
    }

    @Override
    List<String> lacking() {
        return List.of("io.max.sdb", "io.max.", "io.max.8:0", "io.max.../sda");
    }

    @Test
    void limits_that_are_not_named_are_lifted_and_other_devices_left_alone() throws IOException {
        applier().apply("io.max.sda", json(Map.of("rbps", 5, "wiops", 6)));
        applier().apply("io.max.sda", json(Map.of("wbps", 7)));

        assertThat(text(FILE).lines())
                .containsExactlyInAnyOrder(
                        "259:0 rbps=1048576 wbps=max riops=max wiops=max", "8:0 rbps=max wbps=7 riops=max wiops=max");
    }

    @Test
    void operations_beyond_what_the_kernel_counts_are_no_limit() throws IOException {
        applier().apply("io.max.sda", json(Map.of("riops", 4_294_967_295L)));

        assertThat(applier().verify("io.max.sda", json(Map.of("riops", 5_000_000_000L))))
                .isEqualTo(new Verification(true, Optional.of("rbps=max wbps=max riops=max wiops=max")));
    }

    @Test
    void a_device_that_got_another_number_is_still_restored() throws IOException {
        Snapshot original = applier().read("io.max.nvme0n1");
        write("/sys/block/nvme0n1/dev", "259:4\n");

        applier().restore("io.max.nvme0n1", original);

        assertThat(text(FILE)).endsWith("259:4 rbps=1048576 wbps=max riops=max wiops=max\n");
    }

    @Test
    void a_device_that_is_gone_took_its_limits_with_it() throws IOException {
        Snapshot original = applier().read("io.max.sda");
        applier().apply("io.max.sda", json(Map.of("rbps", 5)));
        Files.delete(root.at("/sys/block/sda/dev"));
        Files.delete(root.at("/sys/block/sda"));

        applier().restore("io.max.sda", original);

        assertThat(applier().read("io.max.sda")).isEqualTo(Snapshot.absent());
    }

    @Test
    void without_the_controller_the_file_is_named() throws IOException {
        Files.delete(root.at(FILE));

        assertThat(applier().support("io.max.sda"))
                .isEqualTo(new Support.NotSupported(
                        "`" + root.at(FILE) + "` does not exist; is its controller in `cgroup.controllers`?"));
    }
}
