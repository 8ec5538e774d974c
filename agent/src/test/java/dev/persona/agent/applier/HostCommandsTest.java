package dev.persona.agent.applier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.persona.agent.platform.HostRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class HostCommandsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HostCommands commands = new HostCommands(new HostRoot(Path.of("/")));

    @Test
    void a_command_ends_with_its_exit_code_output_and_errors() throws IOException {
        assertThat(run("echo out; echo err >&2; exit 7")).isEqualTo(new Commands.Completion(7, "out", "err"));
    }

    @Test
    void a_command_sees_an_empty_environment_and_no_input() throws IOException {
        assertThat(run("cat; env | cut -d= -f1 | sort").output().lines())
                .contains("LC_ALL", "PATH")
                .doesNotContain("HOME", "JAVA_HOME", "USER");
    }

    @Test
    void endless_output_is_cut_off() throws IOException {
        assertThat(run("head -c 10000000 /dev/zero | tr '\\0' x").output()).hasSize(HostCommands.OUTPUT_LIMIT_BYTES);
    }

    @Test
    void a_program_that_is_not_there_is_named() {
        assertThatThrownBy(() -> commands.run(List.of("no-such-program"), PATIENCE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no-such-program");
    }

    @Test
    @Timeout(60)
    void a_command_that_takes_too_long_is_killed_with_its_children(@TempDir Path folder) throws IOException {
        Path pid = folder.resolve("pid");

        assertThatThrownBy(() -> commands.run(
                        List.of("sh", "-c", "sleep 600 & echo $! > " + pid + "; wait"), Duration.ofSeconds(2)))
                .hasMessage("`sh` has not ended within PT2S and was killed");

        long child = Long.parseLong(Files.readString(pid).strip());
        ProcessHandle.of(child).map(ProcessHandle::onExit).ifPresent(CompletableFuture::join);
        assertThat(ProcessHandle.of(child).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void a_service_that_a_command_leaves_running_does_not_hold_it_up() throws IOException {
        Commands.Completion completion = run("sleep 600 & echo $!");

        ProcessHandle.of(Long.parseLong(completion.output())).ifPresent(ProcessHandle::destroyForcibly);
        assertThat(completion.exitCode()).isZero();
    }

    private Commands.Completion run(String script) throws IOException {
        return commands.run(List.of("sh", "-c", script), PATIENCE);
    }
}
