package dev.persona.server.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files that container engines and Kubernetes read, none of which is at hand when this is built. */
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
        JsonNode server = documents("compose.yaml").get(0).at("/services/server");

        assertThat(server.at("/ports")).allMatch(port -> port.asText().startsWith("127.0.0.1:"));
        assertThat(server.at("/environment/PERSONA_SECURITY_ALLOW_REMOTE").asText())
                .isEqualTo("true");
        assertThat(server.at("/environment/QUARKUS_DATASOURCE_PASSWORD").asText())
                .startsWith("${");
        assertThat(server.at("/build/dockerfile").asText())
                .satisfies(path -> assertThat(Path.of(path)).exists());
        assertThat(server.at("/read_only").asBoolean()).isTrue();
    }

    @Test
    void kubernetes_runs_one_server_without_any_right() throws IOException {
        JsonNode deployment = documents("deploy/kubernetes/server.yaml").get(0);
        JsonNode pod = deployment.at("/spec/template/spec");
        JsonNode container = pod.at("/containers/0");

        assertThat(deployment.at("/spec/replicas").asInt()).isEqualTo(1);
        assertThat(deployment.at("/spec/strategy/type").asText()).isEqualTo("Recreate");
        assertThat(pod.at("/automountServiceAccountToken").asBoolean(true)).isFalse();
        assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
        assertThat(pod.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
        assertThat(container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true))
                .isFalse();
        assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean())
                .isTrue();
        assertThat(container.at("/securityContext/capabilities/drop/0").asText())
                .isEqualTo("ALL");
        assertThat(List.of("startupProbe", "livenessProbe", "readinessProbe"))
                .allMatch(probe ->
                        container.at("/" + probe + "/httpGet/path").asText().startsWith("/q/health/"));
    }

    @Test
    void kubernetes_ties_service_deployment_and_network_policy_together() throws IOException {
        List<JsonNode> server = documents("deploy/kubernetes/server.yaml");
        JsonNode policy = documents("deploy/kubernetes/network-policy.yaml").get(0);
        JsonNode labels = server.get(0).at("/spec/template/metadata/labels");
        String name = "/app.kubernetes.io~1name";

        assertThat(server.get(0).at("/spec/selector/matchLabels" + name)).isEqualTo(labels.at(name));
        assertThat(server.get(1).at("/spec/selector" + name)).isEqualTo(labels.at(name));
        assertThat(policy.at("/spec/podSelector/matchLabels" + name)).isEqualTo(labels.at(name));
        assertThat(policy.at("/spec/ingress/0/from")).isNotEmpty();
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

    private static List<JsonNode> documents(String file) throws IOException {
        List<JsonNode> documents = new ArrayList<>();
        YAML.readerFor(JsonNode.class)
                .<JsonNode>readValues(Path.of(file).toFile())
                .forEachRemaining(documents::add);
        return documents;
    }
}
