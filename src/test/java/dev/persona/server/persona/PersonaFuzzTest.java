package dev.persona.server.persona;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.persona.server.TestClock;
import dev.persona.server.platform.Damage;
import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.MediaTypes;
import dev.persona.server.platform.Revision;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Documents that were damaged at random are taken whole or refused with a documented error, and never half stored. What is
 * taken can be decided on: an instance that is subject to it reports.
 */
@QuarkusTest
class PersonaFuzzTest {
    private static final int ROUNDS = 400;
    private static final Set<ErrorCode> DOCUMENTED =
            Set.of(ErrorCode.MALFORMED_DOCUMENT, ErrorCode.INVALID_DOCUMENT, ErrorCode.TOO_LARGE);
    private final ObjectMapper json = new ObjectMapper();
    private final ObjectMapper yaml = new YAMLMapper();
    private final HttpClient http = HttpClient.newHttpClient();

    @TestHTTPResource("/")
    URI address;

    @Inject
    TestClock clock;

    @Inject
    Personas personas;

    @Inject
    PersonaRepository repository;

    @BeforeEach
    @AfterEach
    void empty() {
        personas.personas().forEach(persona -> personas.delete(persona.personaId(), Revision.Expected.ANY));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 20_260_302, 4_711})
    void a_damaged_document_is_taken_whole_or_refused(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < ROUNDS; round++) {
            boolean asYaml = random.nextBoolean();
            byte[] document = damaged(random, asYaml);
            String story = "seed " + seed + ", round " + round + ", " + (asYaml ? "YAML: " : "JSON: ")
                    + new String(document, StandardCharsets.UTF_8);

            HttpResponse<String> answer = post("/personas", document, asYaml);

            if (answer.statusCode() == 201) {
                JsonNode created = json.readTree(answer.body());
                assertThat(repository.load()).as(story).hasSize(1);
                isDecidedOn("fuzz-" + seed + "-" + round, created, story);
                personas.delete(created.get("persona_id").textValue(), Revision.Expected.ANY);
            } else {
                JsonNode problem = json.readTree(answer.body());
                assertThat(DOCUMENTED)
                        .as(story + " " + problem)
                        .contains(ErrorCode.valueOf(problem.get("code").textValue()));
                assertThat(answer.headers().firstValue("Content-Type"))
                        .as(story)
                        .contains("application/problem+json");
            }
            assertThat(repository.load()).as(story).isEmpty();
            assertThat(personas.isEmpty()).as(story).isTrue();
        }
    }

    /** A new instance in the persona's groups reports, and is forgotten again. */
    private void isDecidedOn(String instance, JsonNode persona, String story) throws IOException, InterruptedException {
        ObjectNode report = json.createObjectNode();
        report.putObject("metrics").put("system.cpu.utilization", 0.9);
        report.putArray("users").add("alice");
        report.putObject("tags").set("persona_group", persona.get("persona_groups"));

        HttpResponse<String> decided =
                post("/instances/" + instance + "/reports", json.writeValueAsBytes(report), false);
        HttpResponse<String> explained = send(to("/instances/" + instance + "/explanation"));
        HttpResponse<String> rules =
                send(to("/personas/" + persona.get("persona_id").textValue() + "/rules"));
        clock.turn(Duration.ofMinutes(1)); // It is connected no longer, and can be deleted.
        send(to("/instances/" + instance).DELETE());

        assertThat(List.of(decided.statusCode(), explained.statusCode(), rules.statusCode()))
                .as(story)
                .containsOnly(200);
    }

    private HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(address.resolve(path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, byte[] document, boolean asYaml)
            throws IOException, InterruptedException {
        return send(to(path).header("Content-Type", asYaml ? MediaTypes.YAML : MediaTypes.JSON)
                .POST(HttpRequest.BodyPublishers.ofByteArray(document)));
    }

    private byte[] damaged(SplittableRandom random, boolean asYaml) throws IOException {
        JsonNode sample = SamplePersonas.read(SamplePersonas.NAMES.get(random.nextInt(SamplePersonas.NAMES.size())));
        for (int i = random.nextInt(3); i > 0; i--) {
            Damage.tree(random, sample);
        }
        byte[] bytes = (asYaml ? yaml : json).writeValueAsBytes(sample);
        for (int i = random.nextInt(4); i > 0; i--) {
            bytes = Damage.bytes(random, bytes);
        }
        return bytes;
    }
}
