package dev.persona.server.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The files that container engines read, none of which is at hand when this is built. */
class ContainerFilesTest {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    /** What each instruction of ours may say, as the reference of Dockerfiles has it; {@code RUN} is the shell's to judge. */
    private static final Map<String, String> FORMS = Map.of(
            "FROM", "[a-z0-9./-]+:[0-9][0-9.]*",
            "USER", "root|[0-9]+",
            "COPY", "(--chmod=0[0-7]{3} )?[a-z][^ ]*( [a-z][^ ]*)* /[^ ]+",
            "WORKDIR", "/[^ ]+",
            "ENV", "[A-Z_]+=[^ ]+",
            "VOLUME", "/[^ ]+",
            "EXPOSE", "[0-9]+",
            "HEALTHCHECK", "(--(interval|timeout|start-period)=[0-9]+s )+CMD \\[(\"[^\"]+\"(, )?)+]",
            "ENTRYPOINT", "\\[\"/[^\"]+\"]");

    static Stream<String> dockerfiles() {
        return Stream.of("", "agent/").flatMap(program -> Stream.of("jvm", "native")
                .map(form -> program + "src/main/docker/Dockerfile." + form));
    }

    @ParameterizedTest
    @MethodSource("dockerfiles")
    void every_instruction_can_be_read(String file) throws Exception {
        for (String line : instructions(file)) {
            String[] parts = line.split(" ", 2);
            if (parts[0].equals("RUN")) {
                Command.run("sh", "-n", "-c", parts[1]).succeeds();
            } else {
                assertThat(FORMS).containsKey(parts[0]);
                assertThat(parts[1]).as(line).matches(FORMS.get(parts[0]));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dockerfiles")
    void an_image_runs_one_program_as_an_ordinary_user_and_can_tell_its_health(String file) throws IOException {
        List<String> instructions = instructions(file);

        assertThat(instructions.get(0)).startsWith("FROM ");
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
    @MethodSource("dockerfiles")
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

    @ParameterizedTest
    @CsvSource({"200, 0", "503, 1", "404, 1"})
    void the_health_check_is_of_the_answer_s_status(int status, int exit) throws Exception {
        HttpServer program = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        program.createContext("/q/health/ready", exchange -> {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        program.start();
        String port = Integer.toString(program.getAddress().getPort());
        try {
            assertThat(healthCheck(port)).isEqualTo(exit);
        } finally {
            program.stop(0);
        }
        assertThat(healthCheck(port)).as("nobody there").isEqualTo(1);
    }

    private static int healthCheck(String port) throws Exception {
        return Command.run("src/main/launcher/health-check", port, "/q/health/ready")
                .exit();
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
