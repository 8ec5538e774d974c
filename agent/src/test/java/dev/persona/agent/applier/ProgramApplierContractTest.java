package dev.persona.agent.applier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What every applier promises that runs a program of the host, on a stand-in for it. */
abstract class ProgramApplierContractTest extends ApplierContractTest {
    private Duration timeout = Duration.ofSeconds(30);

    /** The program without which the family is not supported. */
    abstract String program();

    Tool tool() {
        return new Tool(new HostCommands(root), program(), timeout);
    }

    @Test
    void without_its_program_nothing_is_supported_and_it_is_named() throws IOException {
        Files.delete(root.at("/usr/sbin/" + program()));

        for (Example example : examples()) {
            assertThat(applier().support(example.parameter()))
                    .isEqualTo(new Support.NotSupported("this host has no program `" + program() + "`; install it"));
        }
    }

    @Test
    void a_program_that_fails_is_named_with_what_it_said_and_nothing_changes() throws IOException {
        Map<String, String> before = tree();
        Programs.trouble(root, "exit");

        for (Example example : examples()) {
            assertThatThrownBy(() -> apply(example))
                    .as(example.parameter())
                    .hasMessage("`" + program() + "` ended with exit code 3: " + program() + " is broken today");
            assertThatThrownBy(() -> applier()
                            .verify(example.parameter(), json(example.usable().get(0))))
                    .as(example.parameter())
                    .hasMessageEndingWith("is broken today");
        }
        assertThat(tree()).isEqualTo(before);
    }

    @Test
    void a_program_that_hangs_is_killed_and_nothing_changes() throws IOException {
        Map<String, String> before = tree();
        Programs.trouble(root, "hang");
        timeout = Duration.ofMillis(300);

        Example example = examples().get(0);

        assertThatThrownBy(() -> apply(example))
                .hasMessage("`" + program() + "` has not ended within PT0.3S and was killed");
        assertThat(tree()).isEqualTo(before);
    }

    private void apply(Example example) throws IOException {
        applier().apply(example.parameter(), json(example.usable().get(0)));
    }
}
