package dev.persona.agent.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateLockTest {
    @TempDir
    Path folder;

    @Test
    void a_folder_is_made_and_belongs_to_one_agent_until_it_lets_go() throws IOException {
        Path state = folder.resolve("below/state");

        try (StateLock held = StateLock.take(state)) {
            assertThat(held).isNotNull();
            assertThatThrownBy(() -> StateLock.take(state))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage("another agent is at work in `" + state
                            + "`; stop it, or give this one a folder of its own in `persona.agent.state`");
        }
        StateLock.take(state).close();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state.resolve("lock"))))
                .isEqualTo("rw-------");
    }

    @Test
    void a_folder_that_another_process_holds_is_refused_and_free_once_that_was_killed() throws Exception {
        Process other = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        folder.toString())
                .redirectErrorStream(true)
                .start();
        try {
            assertThat(other.inputReader().readLine()).isEqualTo("held");
            assertThatThrownBy(() -> StateLock.take(folder)).isInstanceOf(ConfigurationException.class);
        } finally {
            other.destroyForcibly();
        }
        assertThat(other.waitFor(1, TimeUnit.MINUTES)).isTrue();

        StateLock.take(folder).close();
    }

    @Test
    void a_folder_that_can_not_be_used_is_named() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));

        assertThatThrownBy(() -> StateLock.take(file))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("the folder `persona.agent.state` can't be used: `" + file);
    }

    /** Another agent, as far as the lock is concerned. */
    static final class Holder {
        public static void main(String[] arguments) throws IOException {
            try (StateLock held = StateLock.take(Path.of(arguments[0]))) {
                System.out.println(held == null ? "not held" : "held");
                System.in.read();
            }
        }
    }
}
