package dev.persona.server.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files that container engines read, none of which is at hand when this is built. */
class ContainerFilesTest {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "src/main/docker/Dockerfile.jvm",
                "src/main/docker/Dockerfile.native",
                "agent/src/main/docker/Dockerfile.jvm",
                "agent/src/main/docker/Dockerfile.native"
            })
    void an_image_runs_one_program_as_an_ordinary_user_and_can_tell_its_health(String file) throws IOException {
        List<String> instructions = instructions(file);

        assertThat(instructions.get(0)).matches("FROM [a-z0-9./-]+:[0-9][0-9.]*");
        assertThat(instructions.stream()
                        .filter(line -> line.startsWith("USER "))
                        .reduce((first, last) -> last))
                .hasValue("USER 10001");
        assertThat(instructions).anyMatch(line -> line.matches("HEALTHCHECK .* CMD \\[.*]"));
        assertThat(instructions.get(instructions.size() - 1))
                .matches("ENTRYPOINT \\[\"/usr/lib/(persona-[a-z]+)/\\1\"]");
        assertThat(instructions).noneMatch(line -> line.contains("ALLOW_REMOTE") || line.contains("HTTP_HOST"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "src/main/docker/Dockerfile.jvm",
                "src/main/docker/Dockerfile.native",
                "agent/src/main/docker/Dockerfile.jvm",
                "agent/src/main/docker/Dockerfile.native"
            })
    void an_image_copies_what_exists_and_is_not_ignored(String file) throws IOException {
        List<String> sent = Files.readAllLines(Path.of(".dockerignore")).stream()
                .filter(line -> line.startsWith("!"))
                .map(line -> line.substring(1))
                .toList();

        List<String> copied = instructions(file).stream()
                .filter(line -> line.startsWith("COPY "))
                .map(line -> line.split(" "))
                .flatMap(words -> Stream.of(words).skip(1).limit(words.length - 2))
                .filter(word -> !word.startsWith("--"))
                .toList();

        assertThat(copied).isNotEmpty().allSatisfy(path -> {
            assertThat(sent).anyMatch(path::startsWith);
            assertThat(path.contains("target/") || Files.exists(Path.of(path)))
                    .as(path)
                    .isTrue();
        });
    }

    @Test
    void compose_shows_the_server_to_this_host_only() throws IOException {
        JsonNode server = YAML.readTree(Path.of("compose.yaml").toFile()).at("/services/server");

        assertThat(server.at("/ports")).allMatch(port -> port.asText().startsWith("127.0.0.1:"));
        assertThat(server.at("/environment/PERSONA_SECURITY_ALLOW_REMOTE").asText())
                .isEqualTo("true");
        assertThat(server.at("/environment/QUARKUS_DATASOURCE_PASSWORD").asText())
                .startsWith("${");
        assertThat(server.at("/build/dockerfile").asText())
                .satisfies(path -> assertThat(Path.of(path)).exists());
        assertThat(server.at("/read_only").asBoolean()).isTrue();
    }

    /** The instructions of a Dockerfile, each on one line, without comments. */
    private static List<String> instructions(String file) throws IOException {
        return Files.readString(Path.of(file))
                .replaceAll("(?m)^#.*\\n", "")
                .replaceAll("\\\\\\n\\s*", "")
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
    }
}
