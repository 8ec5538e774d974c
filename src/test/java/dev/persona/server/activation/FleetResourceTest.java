package dev.persona.server.activation;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.oneOf;

import dev.persona.server.TestClock;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every call of the fleet's API over HTTP: its good case, its bad input with the exact problem, its not-found. */
@QuarkusTest
class FleetResourceTest {
    private static final String TYPE = "urn:problem-type:instance-persona:";

    @Inject
    TestClock clock;

    /** Its own in each test, as is the group: the tests share a server. */
    private final String instance = "i-" + UUID.randomUUID();

    private final String group = "g-" + UUID.randomUUID().toString().substring(0, 8);
    private final String persona = "p-" + UUID.randomUUID().toString().substring(0, 8);

    @BeforeEach
    void createPersona() {
        json("""
                {"persona_id": "%s", "persona_name": "Busy", "persona_groups": ["%s"], "priority": 100,
                 "configuration_parameters": {"cpu.weight": 800},
                 "activation_triggers": [
                   {"type": "resource_utilization_thresholds", "metric": "system.cpu.utilization", "operator": ">", "value": 0.8},
                   {"type": "external_event_subscriptions", "event_type": "alert", "hold": "PT10M"}]}"""
                        .formatted(persona, group))
                .post("/personas")
                .then()
                .statusCode(201);
    }

    @AfterEach
    void deletePersona() {
        given().delete("/personas/{id}", persona);
    }

    @Test
    void a_report_registers_the_instance_and_is_answered_with_the_decision() {
        json("""
                {"metrics": {"system.cpu.utilization": 0.9}, "users": ["alice"], "tags": {"persona_group": "%s"}}"""
                        .formatted(group))
                .post("/instances/{id}/reports", instance)
                .then()
                .statusCode(200)
                .body("revision", equalTo(2))
                .body("active_personas.persona_id", contains(persona))
                .body("active_personas.source", contains("trigger"))
                .body("configuration.'cpu.weight'.value", equalTo(800))
                .body("configuration.'cpu.weight'.persona_id", equalTo(persona))
                .body("reasons.change", contains("activated"));

        given().get("/instances/{id}/decision", instance)
                .then()
                .statusCode(200)
                .body("revision", equalTo(2))
                .body("active_personas.persona_id", contains(persona));
        given().get("/instances/{id}", instance)
                .then()
                .statusCode(200)
                .body("instance_id", equalTo(instance))
                .body("liveness", equalTo("connected"))
                .body("persona_groups", contains(group))
                .body("tags.agent.persona_group", contains(group))
                .body("active_personas", contains(persona))
                .body("revision", equalTo(2))
                .body("held", equalTo(false))
                .body("registered_at", notNullValue());
    }

    @Test
    void a_report_with_faults_is_refused_with_all_of_them() {
        problem(
                json("{\"metrics\": {\"a\": \"NaN\"}, \"users\": \"alice\", \"tags\": {\"x\": 1}, \"cpu\": 1}")
                        .post("/instances/{id}/reports", instance),
                422,
                """
                {"type": "%sinvalid-document", "title": "The document has faults", "status": 422,
                 "detail": "the report has 4 faults", "instance": "/instances/%s/reports", "code": "INVALID_DOCUMENT",
                 "errors": [
                   {"pointer": "/users", "detail": "`users` must be an array, but is `\\"alice\\"`"},
                   {"pointer": "/metrics/a", "detail": "metric `a` must be a finite number; leave it out if it is unknown"},
                   {"pointer": "/tags/x", "detail": "`x` must be an array, but is `1`"},
                   {"pointer": "/cpu", "detail": "`cpu` is not a field here; known are `metrics`, `users`, `tags`"}]}"""
                        .formatted(TYPE, instance));
        given().get("/instances/{id}", instance).then().statusCode(404);
    }

    @Test
    void an_id_that_is_none_is_refused() {
        problem(
                json("{\"metrics\": {}}").post("/instances/{id}/reports", "no id"),
                400,
                """
                {"type": "%sinvalid-request", "title": "The request has faults", "status": 400,
                 "detail": "`no id` is no instance id; it must be 1 to 253 letters, digits and `. _ : -`",
                 "instance": "/instances/no id/reports", "code": "INVALID_REQUEST"}"""
                        .formatted(TYPE));
    }

    @Test
    void too_many_reports_at_once_are_refused() {
        report(0.1);
        int refused = 0;
        for (int i = 0; i < 200 && refused == 0; i++) {
            refused += json("{\"metrics\": {}}")
                                    .post("/instances/{id}/reports", instance)
                                    .statusCode()
                            == 429
                    ? 1
                    : 0;
        }

        assertThat(refused).isEqualTo(1);
    }

    @Test
    void an_unknown_instance_is_not_found_by_any_call() {
        for (String path : List.of("", "/tags", "/decision", "/history", "/explanation")) {
            problem(
                    given().get("/instances/{id}" + path, "nobody"),
                    404,
                    """
                    {"type": "%snot-found", "title": "There is no such thing", "status": 404,
                     "detail": "there is no instance `nobody`; `GET /instances` lists those registered",
                     "instance": "/instances/nobody%s", "code": "NOT_FOUND"}"""
                            .formatted(TYPE, path));
        }
        given().delete("/instances/{id}", "nobody").then().statusCode(404);
    }

    @Test
    void tags_are_replaced_under_their_revision() {
        String tags = "{\"persona_group\": [\"%s\"], \"site\": \"fra\"}".formatted(group);
        String etag = json(tags)
                .put("/instances/{id}/tags", instance)
                .then()
                .statusCode(201)
                .header("ETag", equalTo("\"1\""))
                .body("server.site", contains("fra"))
                .body("effective.persona_group", contains(group))
                .extract()
                .header("ETag");
        json("{\"site\": \"ber\"}")
                .header("If-Match", etag)
                .put("/instances/{id}/tags", instance)
                .then()
                .statusCode(200)
                .header("ETag", equalTo("\"2\""));

        problem(
                json("{}").header("If-Match", etag).put("/instances/{id}/tags", instance),
                412,
                """
                {"type": "%srevision-mismatch", "title": "It has changed since you read it", "status": 412,
                 "detail": "instance `%s`, its tags, is at revision 2, which `If-Match` doesn't name; read it again",
                 "instance": "/instances/%s/tags", "code": "REVISION_MISMATCH"}"""
                        .formatted(TYPE, instance, instance));
        given().get("/instances/{id}/tags", instance)
                .then()
                .statusCode(200)
                .header("ETag", equalTo("\"2\""))
                .body("server.site", contains("ber"));
    }

    @Test
    void tags_of_the_server_are_added_to_those_of_the_agent_and_bring_its_personas() {
        json("{\"metrics\": {\"system.cpu.utilization\": 0.9}, \"tags\": {\"persona_group\": \"other\"}}")
                .post("/instances/{id}/reports", instance)
                .then()
                .body("active_personas", hasSize(0));

        json("{\"persona_group\": \"%s\"}".formatted(group))
                .put("/instances/{id}/tags", instance)
                .then()
                .statusCode(200)
                .body("effective.persona_group", contains(group, "other"));

        decision().body("active_personas.persona_id", contains(persona));
    }

    @Test
    void a_changed_persona_is_decided_on_at_once() {
        report(0.9);
        decision().body("active_personas.persona_id", contains(persona));

        given().delete("/personas/{id}", persona).then().statusCode(204);

        decision().body("active_personas", hasSize(0)).body("reasons.change", contains("deactivated"));
    }

    @Test
    void instances_are_listed_page_by_page_and_filtered() {
        for (String suffix : List.of("-1", "-2", "-3")) {
            json("{\"persona_group\": \"%s\", \"no\": \"%s\"}".formatted(group, suffix))
                    .put("/instances/{id}/tags", instance + suffix)
                    .then()
                    .statusCode(201);
        }

        String link = given().queryParam("group", group)
                .queryParam("limit", 2)
                .get("/instances")
                .then()
                .statusCode(200)
                .body("instance_id", contains(instance + "-1", instance + "-2"))
                .extract()
                .header("Link");
        given().urlEncodingEnabled(false)
                .get(link.substring(1, link.indexOf('>')))
                .then()
                .statusCode(200)
                .body("instance_id", contains(instance + "-3"))
                .header("Link", equalTo(null));
        given().queryParam("tag", "no=-2")
                .queryParam("text", instance.substring(5))
                .queryParam("liveness", "stale")
                .get("/instances")
                .then()
                .body("instance_id", contains(instance + "-2"));
        problem(
                given().queryParam("liveness", "dead").get("/instances"),
                400,
                """
                {"type": "%sinvalid-request", "title": "The request has faults", "status": 400,
                 "detail": "query parameter `liveness` must be `connected`, `stale` or `gone`, but is `dead`",
                 "instance": "/instances", "code": "INVALID_REQUEST"}"""
                        .formatted(TYPE));
    }

    @Test
    void an_instance_can_be_deleted_when_it_is_not_connected() {
        report(0.1);
        problem(
                given().delete("/instances/{id}", instance),
                409,
                """
                {"type": "%sin-use", "title": "It is in use", "status": 409,
                 "detail": "instance `%s` is connected and would register again; stop its agent and wait until it is stale",
                 "instance": "/instances/%s", "code": "IN_USE"}"""
                        .formatted(TYPE, instance, instance));

        clock.turn(Duration.ofSeconds(31));
        given().get("/instances/{id}", instance).then().body("liveness", equalTo("stale"));
        clock.turn(Duration.ofMinutes(5));
        given().get("/instances/{id}", instance).then().body("liveness", equalTo("gone"));
        given().delete("/instances/{id}", instance).then().statusCode(204);

        given().get("/instances/{id}", instance).then().statusCode(404);
    }

    @Test
    void the_history_tells_what_changed_newest_first() {
        report(0.9);
        json("{\"site\": \"fra\"}").put("/instances/{id}/tags", instance).then().statusCode(200);

        String link = given().queryParam("limit", 2)
                .get("/instances/{id}/history", instance)
                .then()
                .statusCode(200)
                .body("kind", contains("tags_changed", "decided"))
                .body("[0].detail.tags.site", contains("fra"))
                .body("[1].detail.active_personas.persona_id", contains(persona))
                .extract()
                .header("Link");
        given().urlEncodingEnabled(false)
                .get(link.substring(1, link.indexOf('>')))
                .then()
                .statusCode(200)
                .body("kind", contains("decided", "registered"));
        given().queryParam("limit", 0)
                .get("/instances/{id}/history", instance)
                .then()
                .statusCode(400);
    }

    @Test
    void the_explanation_tells_why_a_persona_is_not_active() {
        report(0.5);

        given().get("/instances/{id}/explanation", instance)
                .then()
                .statusCode(200)
                .body("instance_id", equalTo(instance))
                .body("personas.persona_id", contains(persona))
                .body("personas[0].active", equalTo(false))
                .body("personas[0].activation_triggers.truth", everyItem(oneOf("true", "false", "unknown")))
                .body("personas[0].activation_triggers.find { it.value }.value", equalTo(0.5f))
                .body("contested", empty());
    }

    @Test
    void a_past_instant_is_explained_as_it_was() {
        report(0.123456789);
        Instant calm = clock.instant();
        clock.turn(Duration.ofSeconds(10));
        report(0.9);
        given().delete("/personas/{id}", persona).then().statusCode(204);

        given().queryParam("at", calm.toString())
                .get("/instances/{id}/explanation", instance)
                .then()
                .statusCode(200)
                .body("at", equalTo(calm.truncatedTo(ChronoUnit.MICROS).toString()))
                .body("personas.persona_id", contains(persona))
                .body("personas[0].active", equalTo(false))
                .body("personas[0].activation_triggers[0].detail", containsString("0.1235 is not > 0.8"))
                .body("personas[0].activation_triggers[0].value", equalTo(0.123456789f));
        given().queryParam("at", clock.instant().toString())
                .get("/instances/{id}/explanation", instance)
                .then()
                .statusCode(200)
                .body("personas", empty());
    }

    @Test
    void an_instant_of_which_nothing_is_known_is_refused() {
        report(0.1);
        Instant registered = clock.instant();

        past(registered.minusSeconds(3_600).toString(), 404).body("detail", containsString("was registered at"));
        past(registered.plusSeconds(3_600).toString(), 400).body("detail", containsString("in the future"));
        past("yesterday", 400).body("detail", containsString("RFC 3339"));
        given().queryParam("at", registered.toString())
                .get("/instances/{id}/explanation", "nobody")
                .then()
                .statusCode(404);
    }

    private ValidatableResponse past(String at, int status) {
        return given().queryParam("at", at)
                .get("/instances/{id}/explanation", instance)
                .then()
                .statusCode(status);
    }

    @Test
    void an_event_is_taken_once() {
        report(0.1);
        String id = UUID.randomUUID().toString();

        event(id, instance)
                .statusCode(202)
                .body("accepted", equalTo(1))
                .body("duplicates", equalTo(0))
                .body("instances", equalTo(1));
        event(id, instance)
                .statusCode(202)
                .body("accepted", equalTo(0))
                .body("duplicates", equalTo(1))
                .body("instances", equalTo(0));

        decision().body("active_personas.persona_id", contains(persona));
        given().get("/instances/{id}/history", instance)
                .then()
                .body("kind", contains("decided", "decided", "registered"));
    }

    @Test
    void an_event_in_binary_mode_addresses_a_group() {
        report(0.1);

        given().header("ce-specversion", "1.0")
                .header("ce-id", UUID.randomUUID().toString())
                .header("ce-source", "/test")
                .header("ce-type", "alert")
                .header("ce-personagroup", group)
                .contentType(ContentType.JSON)
                .body("{\"score\": 8}")
                .post("/events")
                .then()
                .statusCode(202)
                .body("instances", equalTo(1));

        decision().body("active_personas.persona_id", contains(persona));
    }

    @Test
    void a_batch_with_a_fault_is_refused_whole() {
        report(0.1);
        String good =
                "{\"specversion\": \"1.0\", \"id\": \"%s\", \"source\": \"/test\", \"type\": \"alert\", \"subject\": \"%s\"}"
                        .formatted(UUID.randomUUID(), instance);

        problem(
                given().contentType("application/cloudevents-batch+json")
                        .body("[" + good + ", {\"specversion\": \"1.0\", \"id\": \"2\", \"source\": \"/test\"}]")
                        .post("/events"),
                422,
                """
                {"type": "%sinvalid-document", "title": "The document has faults", "status": 422,
                 "detail": "the batch has 1 fault", "instance": "/events", "code": "INVALID_DOCUMENT",
                 "errors": [{"pointer": "/1/type", "detail": "`type` is missing"}]}"""
                        .formatted(TYPE));
        decision().body("active_personas", hasSize(0));
    }

    @Test
    void what_is_no_event_is_refused() {
        problem(
                json("{}").post("/events"),
                415,
                """
                {"type": "%sunsupported-media-type", "title": "The media type is not understood", "status": 415,
                 "detail": "`Content-Type` must be `application/cloudevents+json` or `application/cloudevents-batch+json`, or the headers `ce-specversion`, `ce-id`, `ce-source` and `ce-type` must be there",
                 "instance": "/events", "code": "UNSUPPORTED_MEDIA_TYPE"}"""
                        .formatted(TYPE));
        given().contentType("application/cloudevents+json")
                .body("{")
                .post("/events")
                .then()
                .statusCode(400)
                .body("code", equalTo("MALFORMED_DOCUMENT"));
    }

    @Test
    void health_and_metrics_tell_of_the_fleet() {
        report(0.9);

        given().get("/q/health")
                .then()
                .statusCode(200)
                .body("checks.name", hasItem("fleet timers"))
                .body("checks.status", not(hasItem("DOWN")));
        String metrics = given().get("/q/metrics").asString();
        assertThat(metrics)
                .contains(
                        "persona_decisions_total",
                        "persona_evaluations_seconds_count",
                        "persona_connected_agents",
                        "persona_policy_compilations_seconds_count",
                        "persona_instances");
    }

    private void report(double cpu) {
        json("{\"metrics\": {\"system.cpu.utilization\": %s}, \"tags\": {\"persona_group\": \"%s\"}}"
                        .formatted(cpu, group))
                .post("/instances/{id}/reports", instance)
                .then()
                .statusCode(200);
    }

    private ValidatableResponse event(String id, String subject) {
        return given().contentType("application/cloudevents+json")
                .body(
                        """
                        {"specversion": "1.0", "id": "%s", "source": "/test", "type": "alert", "subject": "%s"}"""
                                .formatted(id, subject))
                .post("/events")
                .then();
    }

    private ValidatableResponse decision() {
        return given().get("/instances/{id}/decision", instance).then().statusCode(200);
    }

    private static RequestSpecification json(String body) {
        return given().contentType(ContentType.JSON).body(body);
    }

    private static void problem(io.restassured.response.Response response, int status, String expected) {
        assertThat(response.statusCode()).as(response.asString()).isEqualTo(status);
        assertThat(response.contentType()).startsWith("application/problem+json");
        assertThat(new io.vertx.core.json.JsonObject(response.asString()))
                .isEqualTo(new io.vertx.core.json.JsonObject(expected));
    }
}
