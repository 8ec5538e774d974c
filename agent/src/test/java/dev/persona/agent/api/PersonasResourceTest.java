package dev.persona.agent.api;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.aMapWithSize;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.IntNode;
import dev.persona.agent.activation.Enforcement;
import dev.persona.agent.protocol.AgentMessage.Pin;
import dev.persona.agent.protocol.ServerMessage.PersonaDefinition;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@TestProfile(ScratchHost.class)
class PersonasResourceTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Inject
    Enforcement enforcement;

    @BeforeEach
    void startAtTheOriginal() throws IOException {
        enforcement.remember(List.of(
                persona("calm", 10, "sysctl.vm.swappiness", 10),
                persona("greedy", 20, "sysctl.vm.swappiness", 1),
                persona("foreign", 30, "sysctl.kernel.domainname", 1),
                persona("impossible", 40, "sysctl.vm.no_such_key", 1)));
        enforcement.resume();
        enforcement.orders().pins().stream().map(Pin::personaId).forEach(enforcement::unpin);
        assertThat(swappiness()).isEqualTo("60");
    }

    @Test
    void a_persona_is_applied_and_taken_back() throws IOException {
        given().contentType(ContentType.JSON)
                .body("{\"by\": \"alice\", \"reason\": \"incident 4711\"}")
                .post("/personas/apply/calm")
                .then()
                .statusCode(200)
                .body("outcome", is("applied"))
                .body("parameters.'sysctl.vm.swappiness'.status", is("applied"))
                .body("active_personas.persona_id", contains("calm"))
                .body("active_personas[0].source", is("pin"))
                .body("hold", nullValue());
        assertThat(swappiness()).isEqualTo("10");

        when().get("/personas/active")
                .then()
                .statusCode(200)
                .body("active_personas.persona_id", contains("calm"))
                .body("configuration.'sysctl.vm.swappiness'.value", is(10))
                .body("configuration.'sysctl.vm.swappiness'.persona_id", is("calm"));
        when().get("/personas/original")
                .then()
                .statusCode(200)
                .body("parameters.parameter", contains("sysctl.vm.swappiness"))
                .body("parameters[0].value", startsWith("60"));

        when().delete("/personas/apply/calm")
                .then()
                .statusCode(200)
                .body("active_personas", empty())
                .body("parameters.'sysctl.vm.swappiness'.status", is("restored"));
        assertThat(swappiness()).isEqualTo("60");
    }

    @Test
    void a_pin_may_end_by_itself() {
        Instant before = Instant.now();

        given().queryParam("for", "PT1H").post("/personas/apply/calm").then().statusCode(200);

        Pin pin = enforcement.orders().pins().get(0);
        assertThat(pin.by()).isEqualTo("local");
        assertThat(pin.reason()).isEqualTo("by hand");
        assertThat(Duration.between(pin.since(), pin.until())).isEqualTo(Duration.ofHours(1));
        assertThat(pin.until()).isAfter(before);
    }

    @Test
    void of_two_pins_the_higher_priority_wins() throws IOException {
        given().post("/personas/apply/greedy").then().statusCode(200);
        given().post("/personas/apply/calm")
                .then()
                .statusCode(200)
                .body("active_personas.persona_id", contains("greedy", "calm"));

        assertThat(swappiness()).isEqualTo("1");
    }

    @Test
    void rollback_restores_and_holds_until_resumed() throws IOException {
        given().post("/personas/apply/calm").then().statusCode(200);

        given().contentType(ContentType.JSON)
                .body("{\"by\": \"bob\", \"reason\": \"maintenance\"}")
                .post("/personas/rollback?for=PT30M")
                .then()
                .statusCode(200)
                .body("hold.by", is("bob"))
                .body("hold.until", notNullValue())
                .body("outcome", is("applied"))
                .body("parameters", aMapWithSize(1))
                .body("parameters.'sysctl.vm.swappiness'.status", is("restored"))
                .body("parameters.'sysctl.vm.swappiness'.actual", is("60"))
                .body("active_personas", empty());
        assertThat(swappiness()).isEqualTo("60");
        assertProblem(
                given().post("/personas/apply/calm").then(),
                409,
                """
                {"type": "urn:problem-type:instance-persona:held", "title": "The host is held", "status": 409,
                 "detail": "`bob` rolled the host back: `maintenance`; `POST /personas/resume` first",
                 "instance": "/personas/apply/calm", "code": "HELD"}""");

        given().post("/personas/resume").then().statusCode(200).body("hold", nullValue());
        assertProblem(
                given().post("/personas/resume").then(),
                409,
                """
                {"type": "urn:problem-type:instance-persona:not-held", "title": "The host is not held", "status": 409,
                 "detail": "there is no rollback to resume from", "instance": "/personas/resume", "code": "NOT_HELD"}""");
    }

    @Test
    void what_the_owner_did_not_permit_is_told() {
        given().post("/personas/apply/foreign")
                .then()
                .statusCode(200)
                .body("outcome", is("incomplete"))
                .body("parameters.'sysctl.kernel.domainname'.status", is("not_permitted"))
                .body("parameters.'sysctl.kernel.domainname'.reason", notNullValue());

        when().post("/personas/verify")
                .then()
                .statusCode(200)
                .body("outcome", is("incomplete"))
                .body("not_in_force.'sysctl.kernel.domainname'.status", is("not_permitted"))
                .body("drift", empty());
    }

    @Test
    void status_tells_connection_orders_and_parameters() {
        given().post("/personas/apply/calm").then().statusCode(200);

        when().get("/status")
                .then()
                .statusCode(200)
                .body("instance_id", is("scratch-1"))
                .body("agent_version", notNullValue())
                .body("connection.state", is("away"))
                .body("connection.server", is("ws://127.0.0.1:9/agent"))
                .body("connection.reason", not(equalTo("")))
                .body("outcome", is("applied"))
                .body("pins.persona_id", contains("calm"))
                .body("parameters", aMapWithSize(1))
                .body("parameters.'sysctl.vm.swappiness'.status", is("applied"))
                .body("drift", empty())
                .body("enforcement", nullValue());
    }

    @Test
    void an_unknown_persona_is_not_found_and_the_known_ones_are_named() throws IOException {
        assertProblem(
                given().post("/personas/apply/clam").then(),
                404,
                """
                {"type": "urn:problem-type:instance-persona:not-found", "title": "There is no such thing", "status": 404,
                 "detail": "persona `clam` doesn't apply to this host; known are `calm`, `foreign`, `greedy`, `impossible`",
                 "instance": "/personas/apply/clam", "code": "NOT_FOUND"}""");
        assertProblem(
                when().delete("/personas/apply/calm").then(),
                404,
                """
                {"type": "urn:problem-type:instance-persona:not-found", "title": "There is no such thing", "status": 404,
                 "detail": "persona `calm` is not pinned; `GET /status` lists the pins",
                 "instance": "/personas/apply/calm", "code": "NOT_FOUND"}""");
    }

    @Test
    void all_faults_of_an_order_are_told_at_once() throws IOException {
        String tooLong = "x".repeat(Enforcement.MAX_REASON_LENGTH + 1);

        ValidatableResponse response = given().contentType(ContentType.JSON)
                .body("{\"by\": 7, \"reason\": \"" + tooLong + "\", \"untli\": \"tomorrow\"}")
                .post("/personas/apply/calm")
                .then();

        assertProblem(
                response,
                422,
                """
                {"type": "urn:problem-type:instance-persona:invalid-document", "title": "The document has faults",
                 "status": 422, "detail": "the order has 3 faults", "instance": "/personas/apply/calm",
                 "code": "INVALID_DOCUMENT",
                 "errors": [
                   {"pointer": "/untli", "detail": "`untli` is not a field here; known are `by`, `reason`"},
                   {"pointer": "/by", "detail": "`by` must be a string that is not empty"},
                   {"pointer": "/reason", "detail": "`reason` is longer than 500 characters; shorten it"}]}""");
        assertThat(enforcement.orders().pins()).isEmpty();
    }

    @Test
    void a_body_that_is_no_json_is_refused_with_the_place() throws IOException {
        ValidatableResponse response = given().contentType(ContentType.JSON)
                .body("{\"reason\": oops}")
                .post("/personas/rollback")
                .then();

        assertProblem(
                response,
                400,
                """
                {"type": "urn:problem-type:instance-persona:malformed-document", "title": "The document can't be read",
                 "status": 400, "detail": "the body is no JSON at line 1, column 17", "instance": "/personas/rollback",
                 "code": "MALFORMED_DOCUMENT"}""");
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "1h", "P1Y", "PT"})
    void a_time_that_is_no_duration_is_refused(String duration) throws IOException {
        assertProblem(
                given().queryParam("for", duration).post("/personas/apply/calm").then(),
                400,
                """
                {"type": "urn:problem-type:instance-persona:invalid-request", "title": "The request has faults",
                 "status": 400, "detail": "`for` must be an ISO-8601 duration such as `PT1H`, but is `%s`",
                 "instance": "/personas/apply/calm", "code": "INVALID_REQUEST"}"""
                        .formatted(duration));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "-PT1H", "P5000D"})
    void a_time_out_of_bounds_is_refused(String duration) throws IOException {
        assertProblem(
                given().queryParam("for", duration).post("/personas/rollback").then(),
                400,
                """
                {"type": "urn:problem-type:instance-persona:invalid-request", "title": "The request has faults",
                 "status": 400, "detail": "`for` is `%s`; it must be positive and at most 3660 days",
                 "instance": "/personas/rollback", "code": "INVALID_REQUEST"}"""
                        .formatted(duration));
        assertThat(enforcement.orders().hold()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /personas/rollback?four=PT1S, '`four` is not one of this call; it takes `for`'",
        "POST, /personas/apply/calm?For=PT1H, '`For` is not one of this call; it takes `for`'",
        "POST, /personas/rollback?for=PT1S&for=PT1H, '`for` is there 2 times; give it once'",
        "POST, /personas/rollback?for=, '`for` has no value; give it one, or leave it out'",
        "POST, /personas/resume?for=PT1S, '`for` is not one of this call; it takes none'",
        "GET, /status?verbose, '`verbose` is not one of this call; it takes none'"
    })
    void query_parameters_that_a_call_does_not_have_are_refused(String method, String path, String fault) {
        given().urlEncodingEnabled(false)
                .request(method, path)
                .then()
                .statusCode(400)
                .contentType("application/problem+json")
                .body("code", is("INVALID_REQUEST"))
                .body("detail", is("query parameter " + fault));
        assertThat(enforcement.orders().hold()).isNull();
        assertThat(enforcement.orders().pins()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"/nowhere, GET, 404, NOT_FOUND", "/status, POST, 405, METHOD_NOT_ALLOWED"})
    void paths_and_methods_that_are_not_served_are_problems(String path, String method, int status, String code) {
        given().request(method, path)
                .then()
                .statusCode(status)
                .contentType("application/problem+json")
                .body("code", is(code));
    }

    @Test
    void a_body_beyond_the_limit_is_refused() throws IOException {
        ValidatableResponse response = given().contentType(ContentType.JSON)
                .body("x".repeat(20_000))
                .post("/personas/rollback")
                .then();

        assertProblem(
                response,
                413,
                """
                {"type": "urn:problem-type:instance-persona:too-large", "title": "The request is too large",
                 "status": 413, "detail": "the body has 20000 bytes; at most 16384 are taken",
                 "instance": "/personas/rollback", "code": "TOO_LARGE"}""");
        assertThat(enforcement.orders().hold()).isNull();
    }

    @Test
    void web_pages_are_refused() throws IOException {
        ValidatableResponse response = given().header("Origin", "http://localhost:3000")
                .post("/personas/rollback")
                .then();

        assertProblem(
                response,
                403,
                """
                {"type": "urn:problem-type:instance-persona:forbidden", "title": "The request is not allowed",
                 "status": 403, "detail": "requests of web pages are refused; call without an `Origin` header",
                 "instance": "/personas/rollback", "code": "FORBIDDEN"}""");
        assertThat(enforcement.orders().hold()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rebound.example.org", "192.0.2.1:8181", "127.0.0.1.example.org"})
    void names_that_only_pretend_to_be_this_host_are_refused(String host) {
        given().header("Host", host)
                .get("/status")
                .then()
                .statusCode(403)
                .body("code", is("FORBIDDEN"))
                .body("detail", startsWith("`Host` is `"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1:8181", "[::1]:8181"})
    void names_of_this_host_are_served(String host) {
        given().header("Host", host).get("/status").then().statusCode(200);
    }

    private static void assertProblem(ValidatableResponse response, int status, String document) throws IOException {
        response.statusCode(status).contentType("application/problem+json");
        JsonNode problem = JSON.readTree(response.extract().asByteArray());
        assertThat(problem).isEqualTo(JSON.readTree(document));
    }

    private static String swappiness() throws IOException {
        return Files.readString(ScratchHost.SWAPPINESS).strip();
    }

    private static PersonaDefinition persona(String id, int priority, String parameter, int value) {
        return new PersonaDefinition(id, id, priority, 1, Map.of(parameter, IntNode.valueOf(value)));
    }
}
