package dev.persona.agent.sensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.persona.agent.sensor.PressureFiles.Stalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PressureFilesTest {
    @TempDir
    Path folder;

    @BeforeEach
    void a_kernel_that_tells() throws IOException {
        write(
                "cpu",
                "some avg10=98.84 avg60=99.39 avg300=99.02 total=14562067911\n"
                        + "full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n");
        write(
                "memory",
                "some avg10=0.00 avg60=0.00 avg300=0.00 total=176716\n"
                        + "full avg10=0.00 avg60=0.00 avg300=0.00 total=2728\n");
        write(
                "io",
                "some avg10=0.46 avg60=0.22 avg300=0.14 total=87366833\n"
                        + "full avg10=0.00 avg60=0.00 avg300=0.00 total=15482091\n");
    }

    @Test
    void totals_are_read_by_resource() {
        assertThat(new PressureFiles(folder).get())
                .containsOnly(
                        entry("cpu", new Stalls(14_562_067_911L, 0)),
                        entry("memory", new Stalls(176_716, 2_728)),
                        entry("io", new Stalls(87_366_833, 15_482_091)));
    }

    @Test
    void an_older_kernel_says_nothing_of_all_tasks_waiting_for_the_processor() throws IOException {
        write("cpu", "some avg10=0.00 avg60=0.00 avg300=0.00 total=7\n");

        assertThat(new PressureFiles(folder).get()).containsEntry("cpu", new Stalls(7, 0));
    }

    @Test
    void a_kernel_without_it_is_told_from_a_broken_file() throws IOException {
        Files.delete(folder.resolve("io"));
        assertThatThrownBy(() -> new PressureFiles(folder).get())
                .hasMessage("not supported here: there is no `" + folder.resolve("io")
                        + "`; it takes Linux 4.20 with CONFIG_PSI");

        write("io", "some total=99999999999999999999\n");
        assertThatThrownBy(() -> new PressureFiles(folder).get())
                .hasMessage("`" + folder.resolve("io") + "` has no line `some ... total=`");
    }

    @Test
    void a_kernel_that_refuses_to_read_names_the_boot_option() throws IOException {
        Files.delete(folder.resolve("io"));
        Files.createDirectory(folder.resolve("io"));

        assertThatThrownBy(() -> new PressureFiles(folder).get()).hasMessageContaining("boot with `psi=1`");
    }

    @Test
    void only_the_beginning_of_an_endless_file_is_read() throws IOException {
        write("cpu", "some total=5\n" + "x".repeat(10_000) + "\nsome total=9\n");

        assertThat(new PressureFiles(folder).get()).containsEntry("cpu", new Stalls(5, 0));
    }

    @Test
    void the_kernel_of_this_machine_is_understood() {
        Path real = Path.of("/proc/pressure");
        assumeTrue(Files.isReadable(real.resolve("cpu")), "this kernel has no pressure stall information");

        assertThat(new PressureFiles(real).get()).containsOnlyKeys("cpu", "memory", "io");
    }

    private void write(String resource, String text) throws IOException {
        Files.writeString(folder.resolve(resource), text);
    }
}
