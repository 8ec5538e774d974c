package dev.persona.agent.tuned;

import static org.assertj.core.api.Assertions.assertThat;

import dev.persona.agent.platform.HostRoot;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The machine that runs the tests. */
class ProfileHostTest {
    private final ProfileHost host = new ProfileHost(new HostRoot(Path.of("/")));

    @Test
    void a_number_of_the_kernel_is_read_whole() {
        assertThat(host.file("/proc/sys/kernel/pid_max")).get().asString().matches("[0-9]{2,}");
    }

    @Test
    void cpus_and_kernel_are_known() {
        assertThat(host.onlineCpus()).contains(0);
        assertThat(host.presentCpus()).containsAll(host.onlineCpus());
        assertThat(host.uname()).startsWith("Linux ").matches(".* (x86_64|aarch64|[a-z0-9_]+)");
        assertThat(host.file("/proc/sys/nothing")).isEmpty();
    }
}
