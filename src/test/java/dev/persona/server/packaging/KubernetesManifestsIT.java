package dev.persona.server.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the build writes for Kubernetes: its own properties and {@code src/main/kubernetes}, merged. */
class KubernetesManifestsIT {
    private static final Map<String, JsonNode> MANIFESTS = new HashMap<>();

    @BeforeAll
    static void read() throws IOException {
        new ObjectMapper(new YAMLFactory())
                .readerFor(JsonNode.class)
                .<JsonNode>readValues(
                        Path.of("target/kubernetes/kubernetes.yml").toFile())
                .forEachRemaining(manifest -> MANIFESTS.put(manifest.get("kind").asText(), manifest));
    }

    @Test
    void there_is_nothing_beyond_what_the_server_needs() {
        assertThat(MANIFESTS).containsOnlyKeys("Deployment", "Service", "NetworkPolicy");
    }

    @Test
    void one_server_runs_at_a_time_without_any_right() {
        JsonNode deployment = MANIFESTS.get("Deployment");
        JsonNode pod = deployment.at("/spec/template/spec");
        JsonNode container = pod.at("/containers/0");

        assertThat(deployment.at("/spec/replicas").asInt(1)).isEqualTo(1);
        assertThat(deployment.at("/spec/strategy/type").asText()).isEqualTo("Recreate");
        assertThat(pod.at("/automountServiceAccountToken").asBoolean(true)).isFalse();
        assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
        assertThat(pod.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
        assertThat(pod.at("/containers")).hasSize(1);
        assertThat(container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true))
                .isFalse();
        assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean())
                .isTrue();
        assertThat(container.at("/securityContext/capabilities/drop/0").asText())
                .isEqualTo("ALL");
    }

    @Test
    void its_health_is_asked_on_the_port_that_it_listens_on() {
        JsonNode container = MANIFESTS.get("Deployment").at("/spec/template/spec/containers/0");

        Map<String, String> probes =
                Map.of("startupProbe", "started", "livenessProbe", "live", "readinessProbe", "ready");
        probes.forEach((probe, path) -> {
            JsonNode asked = container.at("/" + probe + "/httpGet");
            assertThat(asked.at("/path").asText()).isEqualTo("/q/health/" + path);
            assertThat(asked.at("/port").asInt()).isEqualTo(8080);
        });
        assertThat(container.at("/ports/0/containerPort").asInt()).isEqualTo(8080);
        assertThat(MANIFESTS.get("Service").at("/spec/ports/0/targetPort").asInt())
                .isEqualTo(8080);
    }

    @Test
    void the_database_comes_from_a_secret() {
        JsonNode variables = MANIFESTS.get("Deployment").at("/spec/template/spec/containers/0/env");

        assertThat(variables)
                .filteredOn(variable -> variable.get("name").asText().startsWith("QUARKUS_DATASOURCE_"))
                .hasSize(3)
                .allMatch(variable ->
                        variable.at("/valueFrom/secretKeyRef/name").asText().equals("persona-database"));
    }

    @Test
    void service_and_network_policy_choose_the_servers_pod() {
        JsonNode labels = MANIFESTS.get("Deployment").at("/spec/template/metadata/labels");

        assertThat(Map.of(
                        "Deployment", "/spec/selector/matchLabels",
                        "Service", "/spec/selector",
                        "NetworkPolicy", "/spec/podSelector/matchLabels"))
                .allSatisfy((kind, place) -> {
                    JsonNode selector = MANIFESTS.get(kind).at(place);
                    assertThat(selector).isNotEmpty();
                    selector.properties().forEach(chosen -> assertThat(labels.get(chosen.getKey()))
                            .as(kind + " " + chosen.getKey())
                            .isEqualTo(chosen.getValue()));
                });
        assertThat(MANIFESTS.get("NetworkPolicy").at("/spec/ingress/0/from")).isNotEmpty();
    }
}
