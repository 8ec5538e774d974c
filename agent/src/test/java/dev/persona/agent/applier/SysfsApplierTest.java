package dev.persona.agent.applier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.persona.agent.platform.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;

class SysfsApplierTest extends ApplierContractTest {

    @Override
    void prepare() throws IOException {
        write("/sys/block/sda/queue/scheduler", "[none] mq-deadline kyber\n");
        write("/sys/block/sda/queue/read_ahead_kb", "128\n");
        write("/sys/block/nvme0n1/queue/scheduler", "none\n");
        write("/sys/block/vdb/queue/read_ahead_kb", "128\n");
        Files.setPosixFilePermissions(
                root.at("/sys/block/vdb/queue/read_ahead_kb"), PosixFilePermissions.fromString("r--r--r--"));
        write("/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
    }

    @Override
    Applier applier() {
        return new SysfsApplier(files, root);
    }

    @Override
    List<Example> examples() {
        List<Object> noWord = List.of("", "a b", "never\n", 1, true, List.of("none"));
        return List.of(
                new Example("disk.scheduler.sda", List.of("mq-deadline", "kyber", "none"), noWord),
                new Example("disk.readahead.sda", List.of(0, 256, 4096), List.of(-1, 1.5, "256", 1L << 40, true)),
                new Example("vm.transparent_hugepage", List.of("always", "never", "madvise"), noWord));
    }

    @Override
    List<String> lacking() {
        return List.of(
                "disk.scheduler.sdb",
                "disk.scheduler.",
                "disk.scheduler.../../etc/passwd",
                "disk.scheduler.vdb",
                "disk.readahead.vdb",
                "disk.readahead.nvme0n1");
    }

    @Test
    void a_device_that_is_not_there_is_named_with_where_to_look() throws IOException {
        assertThat(applier().support("disk.scheduler.sdb"))
                .isEqualTo(new Support.NotSupported("`sdb` is no block device of this host; `" + root.at("/sys/block")
                        + "` lists those that there are"));
    }

    @Test
    void what_the_kernel_refuses_is_told_with_what_it_takes() {
        assertThatThrownBy(() -> applier().apply("disk.scheduler.sda", json("bfq")))
                .isInstanceOf(UnusableValueException.class)
                .hasMessage("`disk.scheduler.sda` takes here one of `none`, `mq-deadline`, `kyber`, not `bfq`");
    }

    @Test
    void a_device_without_a_choice_shows_the_only_one() throws IOException {
        assertThat(applier().verify("disk.scheduler.nvme0n1", json("none")))
                .isEqualTo(new Verification(true, java.util.Optional.of("none")));
    }

    @Test
    void kibibytes_that_the_kernel_rounded_down_to_a_page_are_the_same() throws IOException {
        applier().apply("disk.readahead.sda", json(130));

        assertThat(text("/sys/block/sda/queue/read_ahead_kb")).isEqualTo("128\n");
        assertThat(applier().verify("disk.readahead.sda", json(130)).holds()).isTrue();
        assertThat(applier().verify("disk.readahead.sda", json(192)).holds()).isFalse();
        assertThat(applier().verify("disk.readahead.sda", json(127)).holds()).isFalse();
    }

    @Test
    void a_disk_that_was_pulled_out_took_its_setting_with_it() throws IOException {
        Snapshot original = applier().read("disk.scheduler.sda");
        applier().apply("disk.scheduler.sda", json("kyber"));
        Files.delete(root.at("/sys/block/sda/queue/scheduler"));

        applier().restore("disk.scheduler.sda", original);

        assertThat(applier().read("disk.scheduler.sda")).isEqualTo(Snapshot.absent());
    }
}
