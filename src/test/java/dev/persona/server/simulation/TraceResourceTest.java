package dev.persona.server.simulation;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.lessThan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.persona.server.platform.MediaTypes;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.config.EncoderConfig;
import io.restassured.config.RestAssuredConfig;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Recorded traces over HTTP. */
@QuarkusTest
class TraceResourceTest {
    private static final Path TRACES = Path.of("src/test/resources/traces");

    @BeforeEach
    void store() {
        store(
                "traced-restless",
                10,
                "{\"type\": \"resource_utilization_thresholds\", \"metric\": \"system.cpu.utilization\","
                        + " \"operator\": \">\", \"value\": 0.5}");
        store(
                "traced-calm",
                20,
                "{\"type\": \"resource_utilization_thresholds\", \"metric\": \"system.cpu.utilization\","
                        + " \"operator\": \">\", \"value\": 0.5, \"for\": \"PT10M\", \"clear_value\": 0.3, \"clear_for\": \"PT30M\"}");
    }

    @AfterEach
    void clear() {
        given().delete("/personas/traced-restless");
        given().delete("/personas/traced-calm");
    }

    @Test
    void a_week_of_cpu_shows_which_persona_flaps() throws IOException {
        ValidatableResponse answer = csv(Files.readAllBytes(TRACES.resolve("week-of-cpu.csv")))
                .post("/simulations?persona_ids=traced-restless,traced-calm")
                .then()
                .statusCode(200)
                .body("trace.from", equalTo("2026-03-02T00:00:00Z"))
                .body("trace.to", equalTo("2026-03-08T23:55:00Z"))
                .body("trace.instants", equalTo(2_007))
                .body("trace.interval", equalTo("PT5M"))
                .body("trace.stale_after", equalTo("PT15M"))
                .body("trace.metrics", contains("system.cpu.utilization", "system.memory.utilization"))
                .body("trace.missing_metrics", hasSize(0));

        int activations = 0;
        int flaps = 0;
        boolean active = false;
        Optional<Instant> switched = Optional.empty();
        for (String line : Files.readAllLines(TRACES.resolve("week-of-cpu.csv")).stream()
                .skip(1)
                .toList()) {
            Instant at = Instant.parse(line.split(",")[0]);
            boolean above = Double.parseDouble(line.split(",")[1]) > 0.5;
            if (above != active) {
                activations += above ? 1 : 0;
                flaps += switched.filter(at.minus(Duration.ofMinutes(10))::isBefore)
                                .isPresent()
                        ? 1
                        : 0;
                switched = Optional.of(at);
            }
            active = above;
        }
        assertThat(activations).isGreaterThan(30);
        answer.body("summary.traced-restless.activations", equalTo(activations))
                .body("summary.traced-restless.flaps", equalTo(flaps))
                .body("summary.traced-restless.switches_per_day", equalTo(Math.round(200f * activations / 7) / 100f))
                .body("summary.traced-calm.activations", lessThan(activations / 2))
                .body("summary.traced-calm.flaps", equalTo(0));
    }

    @Test
    void a_trace_of_json_lines_may_say_in_which_group_the_instance_is() {
        String lines =
                """
                {"time": 0, "metrics": {"system.cpu.utilization": 0.9}}
                {"time": 60, "metrics": {"system.cpu.utilization": 0.1}}
                """;

        given().contentType(MediaTypes.NDJSON)
                .config(plain())
                .accept(MediaTypes.YAML)
                .body(lines)
                .post("/simulations?persona_ids=traced-restless&persona_group=traced")
                .then()
                .statusCode(200)
                .body(containsString("activations: 1"));
        given().contentType(MediaTypes.NDJSON)
                .config(plain())
                .body(lines)
                .post("/simulations?persona_ids=traced-restless&persona_group=other")
                .then()
                .statusCode(200)
                .body("summary.traced-restless.activations", equalTo(0));
    }

    @Test
    void a_trace_without_personas_or_with_unknown_ones_is_refused() {
        problem(csv("time,cpu\n1,1\n").post("/simulations"), 400)
                .body("code", equalTo("INVALID_REQUEST"))
                .body(
                        "detail",
                        equalTo(
                                "query parameter `persona_ids` is missing; name the stored personas whose story the trace is"
                                        + " to be, with commas between them"));
        problem(csv("time,cpu\n1,1\n").post("/simulations?persona_ids=nobody,traced-calm,none"), 400)
                .body(
                        "detail",
                        equalTo("query parameter `persona_ids` names `nobody, none`, but there is no such persona"));
        problem(csv("time,cpu\n1,1\n").post("/simulations?persona_id=traced-calm"), 400)
                .body("detail", containsString("did you mean `persona_ids`?"));
    }

    @Test
    void the_faults_of_a_trace_are_a_problem_document() {
        assertThat(csv("time,cpu\nnow,\n1,2,3\n")
                        .post("/simulations?persona_ids=traced-calm")
                        .asString())
                .isEqualTo(
                        """
                        {"type":"urn:problem-type:instance-persona:invalid-document","status":422,"title":"The document has faults",\
                        "detail":"the trace has 2 faults","instance":"/simulations","code":"INVALID_DOCUMENT","errors":[\
                        {"pointer":"","detail":"line 2, column 1: must be an RFC 3339 time such as `2026-03-02T08:00:00Z`, or seconds\
                         or milliseconds since 1970, but is `now`"},\
                        {"pointer":"","detail":"line 3: has more cells than the first line has columns, 2"}]}""");
        problem(
                        csv("time,cpu\n1,\u00e4\n".getBytes(StandardCharsets.ISO_8859_1))
                                .post("/simulations?persona_ids=traced-calm"),
                        422)
                .body("errors.detail", contains("the trace isn't encoded in UTF-8"));
    }

    @Test
    void a_draft_may_be_tried_on_a_trace_in_its_scenario() throws IOException {
        given().contentType(MediaTypes.YAML)
                .accept(MediaTypes.JSON)
                .body(Files.readAllBytes(Path.of("src/test/resources/scenarios/recorded-trace.yaml")))
                .post("/simulations")
                .then()
                .statusCode(200)
                .body("unmet", hasSize(0))
                .body("summary.busy.contested.'cpu.weight'.won_for", equalTo("PT5M"))
                .body("summary.busy.contested.'cpu.weight'.against", contains("base"))
                .body("summary.base.contested.'cpu.weight'.lost_for", equalTo("PT5M"));
    }

    @Test
    void the_description_of_the_api_shows_what_can_be_sent_and_what_comes_back() throws IOException {
        JsonNode simulate = new ObjectMapper()
                .readTree(given().get("/q/openapi?format=json").asString())
                .at("/paths/~1simulations/post");

        assertThat(simulate.get("operationId").textValue()).isEqualTo("simulate");
        assertThat(simulate.get("parameters").findValuesAsText("name"))
                .containsExactlyInAnyOrder("persona_ids", "persona_group");
        assertThat(simulate.at("/requestBody/content").fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder(MediaTypes.JSON, MediaTypes.CSV, MediaTypes.NDJSON);
        assertThat(simulate.at("/responses/200/content").fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder(MediaTypes.JSON, MediaTypes.NDJSON);
        assertThat(simulate.at("/responses/200/content/application~1json/schema/$ref")
                        .textValue())
                .endsWith("/SimulationAnswer");
    }

    @Test
    void the_examples_of_the_api_document_are_good() {
        given().contentType(MediaTypes.JSON)
                .body(SimulationExamples.SCENARIO)
                .post("/simulations")
                .then()
                .statusCode(200)
                .body("unmet", hasSize(0))
                .body(
                        "decisions[1]",
                        equalTo(JsonPath.from(SimulationExamples.ANSWER).get("decisions[0]")))
                .body(
                        "summary",
                        equalTo(JsonPath.from(SimulationExamples.ANSWER).get("summary")));
        given().contentType(MediaTypes.JSON)
                .body(SimulationExamples.TRACED.replace("db-high-performance", "traced-calm"))
                .post("/simulations")
                .then()
                .statusCode(200)
                .body("trace.metrics", contains("system.cpu.utilization"));
        csv(SimulationExamples.CSV)
                .post("/simulations?persona_ids=traced-calm")
                .then()
                .statusCode(200);
        given().config(plain())
                .contentType(MediaTypes.NDJSON)
                .body(SimulationExamples.NDJSON)
                .post("/simulations?persona_ids=traced-calm")
                .then()
                .statusCode(200);
    }

    private static void store(String id, int priority, String trigger) {
        given().contentType(MediaTypes.JSON)
                .body("{\"persona_id\": \"" + id + "\", \"persona_groups\": [\"traced\"], \"priority\": " + priority
                        + ", \"configuration_parameters\": {\"cpu.weight\": " + priority
                        + "}, \"activation_triggers\": ["
                        + trigger + "]}")
                .post("/personas")
                .then()
                .statusCode(201);
    }

    private static RequestSpecification csv(String text) {
        return csv(text.getBytes(StandardCharsets.UTF_8));
    }

    private static RequestSpecification csv(byte[] text) {
        return given().config(plain()).contentType(MediaTypes.CSV).body(text);
    }

    private static ValidatableResponse problem(Response response, int status) {
        return response.then().statusCode(status).contentType("application/problem+json");
    }

    private static RestAssuredConfig plain() {
        return RestAssuredConfig.config()
                .encoderConfig(EncoderConfig.encoderConfig()
                        .appendDefaultContentCharsetToContentTypeIfUndefined(false)
                        .encodeContentTypeAs(MediaTypes.CSV, ContentType.TEXT)
                        .encodeContentTypeAs(MediaTypes.NDJSON, ContentType.TEXT));
    }
}
