package dev.persona.agent.applier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.persona.agent.platform.HostFiles;
import dev.persona.agent.platform.HostRoot;
import dev.persona.agent.platform.KernelFiles;
import dev.persona.agent.platform.LinuxFiles;
import dev.persona.agent.platform.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every applier promises, on a file tree that stands in for a host's. */
abstract class ApplierContractTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    HostRoot root;
    HostFiles files = new KernelFiles(new LinuxFiles());

    /**
     * A parameter with values that it takes and some that it doesn't.
     *
     * @param usable at least two that differ
     */
    record Example(String parameter, List<?> usable, List<?> unusable) {}

    /** Writes the host's files as they were before. */
    abstract void prepare() throws IOException;

    abstract Applier applier();

    abstract List<Example> examples();

    /** Parameters of the family that this host lacks. */
    abstract List<String> lacking();

    @BeforeEach
    void host() throws IOException {
        root = new HostRoot(folder.resolve("root"));
        Files.createDirectories(root.folder());
        prepare();
    }

    @Test
    void every_example_is_covered_and_supported() throws IOException {
        for (Example example : examples()) {
            assertThat(applier().covers(example.parameter()))
                    .as(example.parameter())
                    .isTrue();
            assertThat(applier().support(example.parameter()))
                    .as(example.parameter())
                    .isEqualTo(new Support.Supported());
        }
    }

    @Test
    void what_is_applied_verifies_and_what_is_not_does_not() throws IOException {
        for (Example example : examples()) {
            for (Object value : example.usable()) {
                applier().apply(example.parameter(), json(value));

                for (Object other : example.usable()) {
                    assertThat(applier()
                                    .verify(example.parameter(), json(other))
                                    .holds())
                            .as(example.parameter() + ": " + value + " applied, " + other + " asked")
                            .isEqualTo(other.equals(value));
                }
            }
        }
    }

    @Test
    void applying_twice_is_applying_once() throws IOException {
        for (Example example : examples()) {
            JsonNode value = json(example.usable().get(0));
            applier().apply(example.parameter(), value);
            Map<String, String> once = tree();

            applier().apply(example.parameter(), value);

            assertThat(tree()).isEqualTo(once);
        }
    }

    @Test
    void restoring_is_identity_whatever_was_applied_in_between() throws IOException {
        Map<String, String> before = tree();
        for (Example example : examples()) {
            Snapshot original = applier().read(example.parameter());
            for (Object value : example.usable()) {
                applier().apply(example.parameter(), json(value));
            }

            applier().restore(example.parameter(), original);

            assertThat(applier().read(example.parameter())).isEqualTo(original);
            assertThat(tree()).as(example.parameter()).isEqualTo(before);
        }
    }

    @Test
    void restoring_what_is_original_already_changes_nothing() throws IOException {
        Map<String, String> before = tree();
        for (Example example : examples()) {
            applier().restore(example.parameter(), applier().read(example.parameter()));
        }

        assertThat(tree()).isEqualTo(before);
    }

    @Test
    void an_unusable_value_is_refused_by_name_and_changes_nothing() throws IOException {
        Map<String, String> before = tree();
        for (Example example : examples()) {
            for (Object value : example.unusable()) {
                String what = example.parameter() + ": " + value;
                assertThatThrownBy(() -> applier().apply(example.parameter(), json(value)))
                        .as(what)
                        .isInstanceOf(UnusableValueException.class)
                        .hasMessageStartingWith("`" + example.parameter() + "` takes ");
                assertThatThrownBy(() -> applier().verify(example.parameter(), json(value)))
                        .as(what)
                        .isInstanceOf(UnusableValueException.class);
            }
        }
        assertThat(tree()).isEqualTo(before);
    }

    @Test
    void what_the_host_lacks_is_not_supported_and_says_why() throws IOException {
        for (String parameter : lacking()) {
            assertThat(applier().covers(parameter)).as(parameter).isTrue();
            assertThat(applier().support(parameter))
                    .as(parameter)
                    .isInstanceOfSatisfying(Support.NotSupported.class, why -> assertThat(why.reason())
                            .isNotBlank());
        }
    }

    void write(String path, String text) throws IOException {
        Path file = root.at(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    String text(String path) throws IOException {
        return Files.readString(root.at(path));
    }

    static JsonNode json(Object value) {
        return JSON.valueToTree(value);
    }

    /** Every file below the root with content, owner and mode. */
    Map<String, String> tree() throws IOException {
        Map<String, String> tree = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(root.folder())) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                tree.put(
                        path.toString(),
                        files.read(path, 1 << 20).orElseThrow() + " "
                                + files.status(path).orElseThrow().ownership());
            }
        }
        return tree;
    }
}
