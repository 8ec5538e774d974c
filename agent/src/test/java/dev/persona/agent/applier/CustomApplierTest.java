package dev.persona.agent.applier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.persona.agent.platform.DeclaredHost;
import dev.persona.agent.platform.HostRoot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Custom parameters behind real programs: a script that writes its argument to a file, and cat. */
class CustomApplierTest extends ApplierContractTest {
    private Path kept;
    private Path script;

    @Override
    void prepare() throws IOException {
        write("/mode", "plain");
        write("/set-mode", "printf %s \"$1\" > \"$2\"\n");
        kept = root.at("/mode");
        script = root.at("/set-mode");
    }

    @Override
    Applier applier() {
        return applier(Optional.empty());
    }

    private Applier applier(Optional<List<String>> verify) {
        DeclaredHost.Custom custom = DeclaredHost.Custom.of(
                List.of("cat", kept.toString()), List.of("sh", script.toString(), "{value}", kept.toString()));
        return new CustomApplier(
                new HostCommands(new HostRoot(Path.of("/"))),
                Map.of(
                        "mode",
                        new DeclaredHost.Custom(custom.read(), custom.apply(), verify, custom.timeout(), false)));
    }

    @Override
    List<Example> examples() {
        return List.of(new Example(
                "custom.mode",
                List.of("calm", 3, 0.25, true, "", "; rm -rf / $(id) `id` \"'", "--help", "{value}"),
                List.of(List.of("x"), Map.of("a", 1), "a\0b", "x".repeat(4097))));
    }

    @Override
    List<String> lacking() {
        return List.of("custom.unknown", "custom.");
    }

    @Test
    void a_value_is_one_argument_and_no_shell_ever_reads_it() throws IOException {
        String value = "a b; touch " + folder.resolve("pwned") + " $(touch " + folder.resolve("pwned") + ")";

        applier().apply("custom.mode", json(value));

        assertThat(text("/mode")).isEqualTo(value);
        assertThat(folder.resolve("pwned")).doesNotExist();
    }

    @Test
    void a_number_written_in_another_way_is_the_same() throws IOException {
        write("/mode", "0.50\n");

        assertThat(applier().verify("custom.mode", json(0.5)).holds()).isTrue();
    }

    @Test
    void a_verify_command_decides_by_its_exit_code() throws IOException {
        assertThat(applier(Optional.of(List.of("test", "{value}", "=", "anything")))
                        .verify("custom.mode", json("anything"))
                        .holds())
                .isTrue();
        assertThat(applier(Optional.of(List.of("test", "{value}", "=", "anything")))
                        .verify("custom.mode", json("else"))
                        .holds())
                .isFalse();
    }

    @Test
    void a_command_that_fails_is_named_with_its_exit_code_and_what_it_said() throws IOException {
        write("/set-mode", "echo no such mode >&2; exit 3\n");

        assertThatThrownBy(() -> applier().apply("custom.mode", json("calm")))
                .hasMessage("`sh` ended with exit code 3: no such mode");
    }

    @Test
    void a_program_that_says_more_than_a_value_can_be_is_refused() throws IOException {
        write("/mode", Stream.generate(() -> "x").limit(5000).reduce("", String::concat));

        assertThatThrownBy(() -> applier().read("custom.mode")).hasMessage("`cat` printed more than 4096 characters");
    }
}
