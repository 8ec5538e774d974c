package dev.persona.server.persona;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.persona.server.TestClock;
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
import java.util.ArrayList;
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
    private static final List<String> NASTY = List.of(
            "null",
            "NaN",
            "1e999",
            "-0.0",
            "1e-999999999",
            "99999999999999999999",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            "\"",
            "'",
            "&a ",
            "*a",
            "!!str ",
            "<<: ",
            "---\n",
            "\t",
            "\n",
            "..",
            "/",
            "~1",
            "%",
            "🦀",
            "\\",
            "|",
            ">",
            "- ",
            "? ",
            "#",
            "\uFEFF",
            "\u2028",
            "true",
            "\"PT-1S\"",
            "\"P1000000000Y\"",
            "\"2026-02-30T25:00:00Z\"");

    /** Well-formed values at or beyond the bounds of what they stand for. */
    private static final List<String> EXTREME = List.of(
            "-999999999-01-01T00:00:00+18:00",
            "+999999999-12-31T23:59:59.999999999-18:00",
            "0000-01-01T00:00:00Z",
            "P36525D",
            "P36525DT1S",
            "PT0S",
            "PT0.000000001S",
            "-PT1S",
            "00:00",
            "24:00",
            "23:59:59.999999999",
            "0 0 29 2 */7",
            "0 0 30 2 *",
            "* * * * *",
            "*/59 */23 31 */11 *",
            "Pacific/Apia",
            "+18:00",
            "SystemV/AST4",
            "1e308",
            "-1e308%",
            "100%",
            "9007199254740993",
            "-2147483648",
            "2147483648",
            "16EiB",
            "**********a",
            "==");

    /** Triggers that are taken, at the bounds of time and number. */
    private static final List<String> EXTREME_TRIGGERS = List.of(
            """
            {"type": "time_schedule", "start": "-999999999-01-01T00:00:00+18:00"}""",
            """
            {"type": "time_schedule", "end": "+999999999-12-31T23:59:59.999999999-18:00"}""",
            """
            {"type": "time_schedule", "cron": "0 0 29 2 */7", "duration": "P36525D", "timezone": "Pacific/Apia"}""",
            """
            {"type": "time_schedule", "cron": "59 23 31 */11 *", "duration": "PT0.000000001S", "timezone": "-18:00"}""",
            """
            {"type": "time_schedule", "from": "23:59:59.999999999", "to": "24:00", "timezone": "+18:00"}""",
            """
            {"type": "resource_utilization_thresholds", "metric": "system.cpu.utilization", "operator": "<",
             "value": 1.7976931348623157e308, "clear_for": "P36525D"}""",
            """
            {"type": "resource_utilization_thresholds", "metric": "system.cpu.utilization", "operator": "!=",
             "value": 5e-324, "for": "P36525D"}""",
            """
            {"type": "external_event_subscriptions", "event_type": "a", "source": "****************a",
             "where": {"/~0~1": {"!=": 1e308}}, "hold": "P36525D", "at_least": 1000, "within": "P36525D"}""",
            """
            {"not": {"not": {"not": {"not": {"all": [{"type": "user_profile_association", "users": ["*?*?*?*"]}]}}}}}""");

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
            damageTree(random, sample);
        }
        byte[] bytes = (asYaml ? yaml : json).writeValueAsBytes(sample);
        for (int i = random.nextInt(4); i > 0; i--) {
            bytes = damageBytes(random, bytes);
        }
        return bytes;
    }

    private void damageTree(SplittableRandom random, JsonNode tree) throws IOException {
        List<JsonNode> containers = new ArrayList<>();
        collect(tree, containers);
        JsonNode victim = containers.get(random.nextInt(containers.size()));
        if (victim instanceof ObjectNode object && !object.isEmpty()) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            String name = names.get(random.nextInt(names.size()));
            switch (random.nextInt(6)) {
                case 0 -> object.remove(name);
                case 1 -> object.set(name, strange(random));
                case 2, 3 -> object.put(name, EXTREME.get(random.nextInt(EXTREME.size())));
                case 4 -> object.set(name + "x", object.remove(name));
                default -> object.set(name, json.createArrayNode().add(object.get(name)));
            }
        } else if (victim instanceof ArrayNode array) {
            array.add(
                    random.nextBoolean()
                            ? strange(random)
                            : json.readTree(EXTREME_TRIGGERS.get(random.nextInt(EXTREME_TRIGGERS.size()))));
        }
    }

    private JsonNode strange(SplittableRandom random) {
        return switch (random.nextInt(9)) {
            case 0 -> json.nullNode();
            case 1 -> json.getNodeFactory().numberNode(random.nextInt());
            case 2 -> json.getNodeFactory().numberNode(random.nextDouble() * 1e300);
            case 3 -> json.getNodeFactory().textNode("x".repeat(random.nextInt(70_000)));
            case 4 -> json.getNodeFactory().textNode("\u0000");
            case 5 -> json.createObjectNode();
            case 6 -> json.createArrayNode();
            case 7 -> json.getNodeFactory().booleanNode(true);
            default -> nested(random.nextInt(60));
        };
    }

    private JsonNode nested(int depth) {
        JsonNode node = json.createObjectNode().put("type", "user_profile_association");
        for (int i = 0; i < depth; i++) {
            node = json.createObjectNode().set("not", node);
        }
        return node;
    }

    private static void collect(JsonNode node, List<JsonNode> containers) {
        if (node.isContainerNode()) {
            containers.add(node);
            node.forEach(child -> collect(child, containers));
        }
    }

    private static byte[] damageBytes(SplittableRandom random, byte[] bytes) {
        int at = random.nextInt(bytes.length + 1);
        int end = Math.min(bytes.length, at + random.nextInt(12));
        byte[] inserted =
                switch (random.nextInt(4)) {
                    case 0 -> new byte[0];
                    case 1 -> new byte[] {(byte) random.nextInt(256)};
                    case 2 -> NASTY.get(random.nextInt(NASTY.size())).getBytes(StandardCharsets.UTF_8);
                    default -> java.util.Arrays.copyOfRange(bytes, at, end);
                };
        byte[] damaged = new byte[at + inserted.length + bytes.length - end];
        System.arraycopy(bytes, 0, damaged, 0, at);
        System.arraycopy(inserted, 0, damaged, at, inserted.length);
        System.arraycopy(bytes, end, damaged, at + inserted.length, bytes.length - end);
        return damaged;
    }
}
