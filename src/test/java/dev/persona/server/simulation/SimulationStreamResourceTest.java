package dev.persona.server.simulation;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.persona.server.platform.MediaTypes;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Simulations that are told while they run; the server of this test runs one at a time. */
@QuarkusTest
@TestProfile(SimulationStreamResourceTest.OneAtATime.class)
class SimulationStreamResourceTest {
    /** Much shorter than any of the long stories here. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final String STORY =
            """
            {"personas": [{"persona_id": "busy", "persona_groups": ["g"], "configuration_parameters": {"cpu.weight": 800},
                           "activation_triggers": [{"type": "resource_utilization_thresholds", "metric": "cpu", "operator": ">",
                                                    "value": 0.8, "for": "PT1M"}]}],
             "instance": {"tags": {"persona_group": "g"}}, "start": "2026-03-02T08:00:00Z", "until": "PT200S",
             "timeline": [{"at": "PT0S", "every": "PT10S", "metrics": {"cpu": "0.9x12 0.2"}}],
             "expect": [{"at": "PT10S", "active": ["busy"]}]}""";

    /** Changes its decision every half minute, for years: more than 100 MB of them. */
    private static final String ENDLESS =
            """
            {"personas": [{"persona_id": "p", "persona_groups": ["g"], "activation_triggers":
                           [{"type": "time_schedule", "cron": "* * * * *", "duration": "PT30S"}]}],
             "instance": {"tags": {"persona_group": "g"}}, "start": "2026-01-01T00:00:00Z", "until": "P3000D"}""";

    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient http = HttpClient.newHttpClient();

    @TestHTTPResource("/simulations")
    URI address;

    public static class OneAtATime implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("persona.simulation.max-running", "1");
        }
    }

    @Test
    void a_stream_says_the_same_as_the_answer() throws Exception {
        JsonNode answer = json.readTree(given().contentType(MediaTypes.JSON)
                .body(STORY)
                .post("/simulations")
                .asString());

        HttpResponse<String> response = http.send(request(STORY), HttpResponse.BodyHandlers.ofString());

        assertThat(response.headers().firstValue("Content-Type").orElseThrow()).startsWith(MediaTypes.NDJSON);
        List<JsonNode> lines = response.body().lines().map(this::read).toList();
        assertThat(lines.stream().filter(line -> line.has("decision")).map(line -> line.get("decision")))
                .containsExactlyElementsOf(answer.get("decisions"));
        JsonNode last = lines.get(lines.size() - 1);
        assertThat(last.get("summary")).isEqualTo(answer.get("summary"));
        assertThat(last.get("unmet")).isEqualTo(answer.get("unmet")).hasSize(1);
        List<Double> fractions = lines.stream()
                .filter(line -> line.has("progress"))
                .map(line -> line.at("/progress/fraction").doubleValue())
                .toList();
        assertThat(fractions)
                .isSorted()
                .doesNotHaveDuplicates()
                .contains(0.05, 0.5)
                .endsWith(1.0);
        assertThat(lines.stream()
                        .filter(line -> line.at("/progress/fraction").doubleValue() == 0.5)
                        .map(line -> line.at("/progress/at").textValue()))
                .containsExactly("2026-03-02T08:01:40Z");
    }

    @Test
    void a_trace_is_streamed_too() throws Exception {
        given().contentType(MediaTypes.JSON)
                .body("{\"persona_id\": \"streamed\", \"persona_groups\": [\"g\"]}")
                .post("/personas")
                .then()
                .statusCode(201);
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(address + "?persona_ids=streamed"))
                    .header("Content-Type", MediaTypes.CSV)
                    .header("Accept", MediaTypes.NDJSON)
                    .POST(HttpRequest.BodyPublishers.ofString("time,cpu\n1,1\n2,1\n"))
                    .build();

            List<String> lines = http.send(request, HttpResponse.BodyHandlers.ofString())
                    .body()
                    .lines()
                    .toList();

            assertThat(read(lines.get(lines.size() - 1)).at("/trace/instants").intValue())
                    .isEqualTo(2);
        } finally {
            given().delete("/personas/streamed");
        }
    }

    @Test
    void what_is_wrong_with_a_story_is_a_problem_before_the_first_line() throws Exception {
        HttpResponse<String> response =
                http.send(request("{\"start\": \"yesterday\"}"), HttpResponse.BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(422);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(read(response.body()).at("/errors/0/pointer").textValue()).isEqualTo("/start");
    }

    @Test
    void a_story_that_takes_too_long_ends_with_a_line_that_says_so() throws Exception {
        try (BufferedReader lines = lines(http.send(request(silent(1)), HttpResponse.BodyHandlers.ofInputStream()))) {
            String last = lines.lines().reduce("", (before, line) -> line);

            assertThat(read(last).at("/problem/code").textValue()).isEqualTo("TOO_LARGE");
            assertThat(read(last).at("/problem/detail").textValue()).contains("shorten the story");
        }
    }

    @Test
    void decisions_come_while_the_simulation_runs_and_it_ends_when_the_caller_goes() throws Exception {
        HttpResponse<InputStream> response = http.send(request(ENDLESS), HttpResponse.BodyHandlers.ofInputStream());
        BufferedReader lines = lines(response);

        assertThat(read(lines.readLine()).at("/decision/at").textValue()).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(read(lines.readLine()).at("/decision/at").textValue()).isEqualTo("2026-01-01T00:00:30Z");
        given().contentType(MediaTypes.JSON)
                .body(STORY)
                .post("/simulations")
                .then()
                .statusCode(429)
                .body("code", equalTo("TOO_MANY"))
                .body(
                        "detail",
                        equalTo(
                                "as many simulations run as may at once, 1 (`persona.simulation.max-running`); try again"
                                        + " later"));

        lines.close();

        assertNothingRuns();
    }

    @Test
    void an_answer_for_which_nobody_waits_any_more_is_not_worked_out() throws Exception {
        try (Socket caller = new Socket(address.getHost(), address.getPort())) {
            String body = silent(500);
            caller.getOutputStream()
                    .write(("POST /simulations HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                    + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.US_ASCII));
            await().atMost(PATIENCE).until(SimulationStreamResourceTest::oneRuns);
        }

        assertNothingRuns();
    }

    /** A story of more instants than one may have, at none of which the decision changes. With 500 personas it takes minutes. */
    private static String silent(int personas) {
        return IntStream.range(0, personas)
                .mapToObj(i -> "{\"persona_id\": \"p" + i
                        + "\", \"persona_groups\": [\"g\"], \"activation_triggers\": [{\"all\": ["
                        + "{\"type\": \"time_schedule\", \"cron\": \"* * * * *\", \"duration\": \"PT30S\"},"
                        + "{\"type\": \"user_profile_association\", \"users\": [\"nobody\"]}]}]}")
                .collect(Collectors.joining(
                        ",",
                        "{\"instance\": {\"tags\": {\"persona_group\": \"g\"}}, \"start\": \"2026-01-01T00:00:00Z\","
                                + " \"until\": \"P3000D\", \"personas\": [",
                        "]}"));
    }

    private void assertNothingRuns() {
        await().atMost(PATIENCE).until(() -> !oneRuns());
        await().atMost(PATIENCE).untilAsserted(() -> given().contentType(MediaTypes.JSON)
                .body(STORY)
                .post("/simulations")
                .then()
                .statusCode(200));
    }

    private static boolean oneRuns() {
        return Thread.getAllStackTraces().values().stream()
                .flatMap(Arrays::stream)
                .anyMatch(frame -> frame.getClassName().equals(Simulation.class.getName()));
    }

    private HttpRequest request(String story) {
        return HttpRequest.newBuilder(address)
                .version(HttpClient.Version.HTTP_1_1)
                .header("Content-Type", MediaTypes.JSON)
                .header("Accept", MediaTypes.NDJSON)
                .POST(HttpRequest.BodyPublishers.ofString(story))
                .build();
    }

    private static BufferedReader lines(HttpResponse<InputStream> response) {
        return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    private JsonNode read(String line) {
        try {
            return json.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
