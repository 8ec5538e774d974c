package dev.persona.server.platform;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What callers are told when a request fails, whoever made it fail. */
@QuarkusTest
class ProblemResourceTest {
    private static final String PROBLEM = "application/problem+json";

    @Test
    void a_path_that_is_not_served_is_a_problem_even_for_a_browser() {
        Response response = given().accept("text/html").get("/nowhere");

        assertProblem(
                response,
                404,
                """
                {"type":"urn:problem-type:instance-persona:not-found","status":404,"title":"There is no such thing",\
                "detail":"nothing is served at this path; `/q/openapi` has what is","instance":"/nowhere","code":"NOT_FOUND"}""");
    }

    @Test
    void a_method_that_a_path_does_not_take_is_a_problem() {
        Response response = given().patch("/parameters");

        assertProblem(
                response,
                405,
                """
                {"type":"urn:problem-type:instance-persona:method-not-allowed","status":405,"title":"The method is not allowed here",\
                "detail":"this path doesn't take the method; `/q/openapi` has those that it takes","instance":"/parameters",\
                "code":"METHOD_NOT_ALLOWED"}""");
    }

    @Test
    void a_media_type_that_is_not_understood_is_a_problem() {
        Response response = given().contentType("text/plain").body("x").post("/echo");

        assertProblem(
                response,
                415,
                """
                {"type":"urn:problem-type:instance-persona:unsupported-media-type","status":415,\
                "title":"The media type is not understood","detail":"`Content-Type` must be `application/json` or `application/yaml`",\
                "instance":"/echo","code":"UNSUPPORTED_MEDIA_TYPE"}""");
    }

    @Test
    void a_media_type_that_can_not_be_served_is_a_problem() {
        Response response = given().accept("image/png")
                .contentType(MediaTypes.JSON)
                .body("{}")
                .post("/echo");

        assertProblem(
                response,
                406,
                """
                {"type":"urn:problem-type:instance-persona:not-acceptable","status":406,"title":"No acceptable media type",\
                "detail":"`Accept` names nothing that can be served; `application/json` and `application/yaml` can",\
                "instance":"/echo","code":"NOT_ACCEPTABLE"}""");
    }

    @Test
    void a_document_that_can_not_be_read_is_a_problem_with_the_place() {
        Response response =
                given().contentType(MediaTypes.JSON).body("{\"a\": 1,}").post("/echo");

        assertProblem(
                response,
                400,
                """
                {"type":"urn:problem-type:instance-persona:malformed-document","status":400,"title":"The document can't be read",\
                "detail":"the JSON can't be read at line 1, column 9: Unexpected character ('}' (code 125)): was expecting\
                 double-quote to start field name","instance":"/echo","code":"MALFORMED_DOCUMENT"}""");
    }

    @Test
    void a_document_that_is_too_large_is_a_problem() {
        Response response = given().contentType(MediaTypes.YAML)
                .body(("a: " + "x".repeat(2_000_000)).getBytes(StandardCharsets.UTF_8))
                .post("/echo");

        assertProblem(
                response,
                413,
                """
                {"type":"urn:problem-type:instance-persona:too-large","status":413,"title":"The request is too large",\
                "detail":"the document is larger than 1048576 bytes; `persona.api.max-document-size` is the limit",\
                "instance":"/echo","code":"TOO_LARGE"}""");
    }

    @Test
    void two_who_change_the_same_at_the_same_time_get_a_conflict() {
        Response response = given().get("/echo/conflict");

        assertProblem(
                response,
                412,
                """
                {"type":"urn:problem-type:instance-persona:revision-mismatch","status":412,"title":"It has changed since you read it",\
                "detail":"somebody else changed it at the same time; read it again","instance":"/echo/conflict",\
                "code":"REVISION_MISMATCH"}""");
    }

    @ParameterizedTest
    @ValueSource(strings = {"error", "exception"})
    void a_failure_of_the_server_tells_a_correlation_id_and_nothing_else(String failure) {
        Response response = given().get("/echo/" + failure);

        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.contentType()).isEqualTo(PROBLEM);
        assertThat(response.asString())
                .doesNotContain("secret", "Exception", "at dev.persona")
                .contains("\"code\":\"INTERNAL_FAILURE\"");
        assertThat(response.jsonPath().getUUID("correlation_id")).isNotNull();
    }

    @Test
    void a_database_that_is_not_available_is_not_the_callers_fault() {
        Response response = given().get("/echo/database");

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.jsonPath().getString("code")).isEqualTo("EXTERNAL_FAILURE");
        assertThat(response.asString()).doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/yaml", "application/x-yaml", "text/yaml"})
    void yaml_is_taken_and_served_by_content_type(String yaml) {
        Response response = given().contentType(yaml)
                .accept(yaml)
                .body("a: [1.50, 08:00, no]".getBytes(StandardCharsets.UTF_8))
                .post("/echo");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.contentType()).startsWith(yaml);
        assertThat(response.asString()).isEqualTo("a:\n- 1.50\n- \"08:00\"\n- \"no\"\n");
    }

    @Test
    void health_metrics_and_the_description_of_the_api_are_served() {
        assertThat(given().get("/q/health").jsonPath().getString("status")).isEqualTo("UP");
        assertThat(given().get("/q/metrics").asString()).contains("jvm_memory_used_bytes");
        assertThat(given().get("/q/openapi").asString()).contains("openapi: 3.1.0", "/parameters");
    }

    private static void assertProblem(Response response, int status, String document) {
        assertThat(response.asString()).isEqualTo(document);
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.contentType()).isEqualTo(PROBLEM);
    }
}
