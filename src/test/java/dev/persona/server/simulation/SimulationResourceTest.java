package dev.persona.server.simulation;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import dev.persona.server.platform.MediaTypes;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class SimulationResourceTest {
    private static final String STORED =
            """
            {"persona_id": "simulated-night", "persona_groups": ["simulated"], "priority": 5,
             "configuration_parameters": {"cpu.weight": 50},
             "activation_triggers": [{"type": "time_schedule", "from": "22:00", "to": "06:00", "timezone": "UTC"}]}""";

    private static final String BUSY =
            """
            personas:
              - persona_id: busy
                persona_groups: [simulated]
                priority: 10
                configuration_parameters: {cpu.weight: 800}
                activation_triggers:
                  - {type: resource_utilization_thresholds, metric: cpu, operator: ">", value: 0.8, for: PT1M}
            persona_ids: [simulated-night]
            instance: {instance_id: i-1, tags: {persona_group: simulated}}
            start: 2026-03-02T23:00:00Z
            timeline:
              - {at: PT0S, every: PT10S, metrics: {cpu: "0.9x12 0.2"}}
            expect:
              - {at: PT1M, active: [busy, simulated-night], configuration: {cpu.weight: 800}}
              - {at: PT59S, active: [busy]}
            until: PT3M
            """;

    @AfterEach
    void clear() {
        given().delete("/personas/simulated-night");
    }

    @Test
    void a_scenario_in_yaml_is_answered_with_its_decisions() {
        given().contentType(MediaTypes.JSON)
                .body(STORED)
                .post("/personas")
                .then()
                .statusCode(201);

        given().contentType(MediaTypes.YAML)
                .accept(MediaTypes.JSON)
                .body(BUSY.getBytes(StandardCharsets.UTF_8))
                .post("/simulations")
                .then()
                .statusCode(200)
                .body("decisions.at", contains("2026-03-02T23:00:00Z", "2026-03-02T23:01:00Z", "2026-03-02T23:02:00Z"))
                .body("decisions.revision", contains(1, 2, 3))
                .body("decisions[1].active_personas.persona_id", contains("busy", "simulated-night"))
                .body("decisions[1].active_personas[0].since", equalTo("2026-03-02T23:01:00Z"))
                .body("decisions[1].active_personas[0].source", equalTo("trigger"))
                .body("decisions[1].configuration.'cpu.weight'.value", equalTo(800))
                .body("decisions[1].configuration.'cpu.weight'.persona_id", equalTo("busy"))
                .body("decisions[1].conflicts[0].winner", equalTo("busy"))
                .body("decisions[1].conflicts[0].losers", contains("simulated-night"))
                .body("decisions[1].reasons[0].change", equalTo("activated"))
                .body("decisions[1].reasons[0].detail", equalTo("`cpu` 0.9 > 0.8 for PT1M"))
                .body("decisions[1].automatic", nullValue())
                .body("unmet", hasSize(1))
                .body("unmet[0].pointer", equalTo("/expect/1/active"))
                .body("unmet[0].actual", contains("simulated-night"))
                .body("summary.busy.activations", equalTo(1))
                .body("summary.busy.active_for", equalTo("PT1M"))
                .body("summary.'simulated-night'.active_for", equalTo("PT3M"));
    }

    @Test
    void all_faults_of_a_scenario_are_answered_at_once() {
        String faulty =
                """
                {"persona_ids": ["nobody"], "start": "yesterday", "untli": "PT1M",
                 "instance": {"stale_after": "PT0S"},
                 "timeline": [{"metrics": {"cpu": "0.9y12"}}, {"at": "PT1S", "every": "PT1S", "users": ["a"]},
                              {"at": "PT1S", "for": "PT1M", "hold": false}],
                 "expect": [{"at": "PT1S", "active": "p"}]}""";

        given().contentType(MediaTypes.JSON)
                .body(faulty)
                .post("/simulations")
                .then()
                .statusCode(422)
                .body("code", equalTo("INVALID_DOCUMENT"))
                .body(
                        "errors.pointer",
                        containsInAnyOrder(
                                "/persona_ids/0",
                                "/start",
                                "/untli",
                                "/instance/stale_after",
                                "/timeline/0/at",
                                "/timeline/0/metrics/cpu",
                                "/timeline/1/every",
                                "/timeline/2/hold",
                                "/timeline/2/for",
                                "/expect/0/active"));
    }

    @Test
    void a_story_that_takes_too_long_is_refused() {
        String endless =
                """
                {"personas": [{"persona_id": "p", "persona_groups": ["g"], "activation_triggers":
                               [{"type": "time_schedule", "cron": "* * * * *", "duration": "PT1S"}]}],
                 "instance": {"tags": {"persona_group": ["g"]}}, "start": "2026-01-01T00:00:00Z", "until": "P3000D"}""";

        given().contentType(MediaTypes.JSON)
                .body(endless)
                .post("/simulations")
                .then()
                .statusCode(413)
                .body("detail", containsString("shorten the story"));
    }

    @Test
    void a_personas_rule_is_served_as_text_and_as_json() {
        given().contentType(MediaTypes.JSON)
                .body(STORED)
                .post("/personas")
                .then()
                .statusCode(201);

        given().accept("text/plain")
                .get("/personas/simulated-night/rules")
                .then()
                .statusCode(200)
                .body(containsString("rule \"Persona `simulated-night` is active\""))
                .body(containsString("// cpu.weight = 50"));
        given().accept(MediaTypes.JSON)
                .get("/personas/simulated-night/rules")
                .then()
                .statusCode(200)
                .body("persona_id", equalTo("simulated-night"))
                .body("drl", startsWith("package "));
        given().get("/personas/nobody/rules").then().statusCode(404).body("code", equalTo("NOT_FOUND"));
    }

    @Test
    void a_scenario_without_anything_has_one_empty_decision() {
        given().contentType(MediaTypes.JSON)
                .body("{\"start\": \"2026-01-01T00:00:00Z\"}")
                .post("/simulations")
                .then()
                .statusCode(200)
                .body("decisions", hasSize(1))
                .body("decisions[0].active_personas", empty())
                .body("unmet", empty());
    }
}
