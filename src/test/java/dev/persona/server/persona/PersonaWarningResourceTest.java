package dev.persona.server.persona;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;

import dev.persona.server.platform.MediaTypes;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is said of personas when they are saved. */
@QuarkusTest
class PersonaWarningResourceTest {
    private static final String PERSONA =
            """
            {"persona_id": "%s", "persona_groups": ["warned"], "priority": 7,
             "configuration_parameters": {"cpu.weight": %s},
             "activation_triggers": [{"type": "external_event_subscriptions", "event_type": "alert", "hold": "PT1M"}%s]}""";
    private static final String CONTRADICTION =
            """
            {"persona_id": "warned", "activation_triggers": [{"all": [
               {"type": "resource_utilization_thresholds", "metric": "cpu", "operator": ">", "value": "80%"},
               {"type": "resource_utilization_thresholds", "metric": "cpu", "operator": "<", "value": "20%"}]}]}""";

    @AfterEach
    void clear() {
        for (String id : new String[] {"warned", "warned-2", "validate"}) {
            given().delete("/personas/{id}", id);
        }
    }

    @Test
    void validating_says_what_is_odd_and_stores_nothing() {
        body(CONTRADICTION)
                .post("/personas/validate")
                .then()
                .statusCode(200)
                .body("persona_id", equalTo("warned"))
                .body("priority", equalTo(0))
                .body("warnings.kind", contains("applies_nowhere", "never_activates"))
                .body("warnings.pointer", contains("/persona_groups", "/activation_triggers"))
                .body("warnings[1].detail", containsString("`cpu` > 0.8 and `cpu` < 0.2"))
                .body("warnings[1]", not(hasKey("witness")));
        given().get("/personas/warned").then().statusCode(404);

        body("{\"persona_id\": \"A b\", \"x\": 1}")
                .post("/personas/validate")
                .then()
                .statusCode(422)
                .body("errors.pointer", contains("/persona_id", "/x"));
    }

    @Test
    void saving_says_so_too_but_the_persona_is_not_spoilt() {
        String created = body(PERSONA.formatted("warned", 100, ""))
                .post("/personas")
                .then()
                .statusCode(201)
                .body("warnings", empty())
                .extract()
                .asString();
        body(PERSONA.formatted("warned-2", 200, ""))
                .queryParam("dry_run", true)
                .post("/personas")
                .then()
                .statusCode(200)
                .body("warnings.kind", contains("undecided_conflict", "always_shadowed"))
                .body("warnings[0].others", contains("warned"))
                .body("warnings[0].witness.events[0].type", equalTo("alert"))
                .body("warnings[0].witness.scenario.persona_ids", contains("warned-2", "warned"));

        given().get("/personas/warned").then().statusCode(200).body("$", not(hasKey("warnings")));
        body(created)
                .put("/personas/warned")
                .then()
                .statusCode(200)
                .header("ETag", equalTo("\"1\""))
                .body("warnings", empty());
        body(PERSONA.formatted(
                        "warned", 100, ", {\"type\": \"time_schedule\", \"from\": \"00:00\", \"to\": \"24:00\"}"))
                .put("/personas/warned")
                .then()
                .statusCode(200)
                .body("warnings.kind", contains("never_deactivates"));
    }

    @Test
    void a_persona_may_be_called_validate() {
        body(PERSONA.formatted("validate", 100, "")).post("/personas").then().statusCode(201);

        given().get("/personas/validate").then().statusCode(200).body("persona_id", equalTo("validate"));
        body(PERSONA.formatted("validate", 200, ""))
                .put("/personas/validate")
                .then()
                .statusCode(200);
        given().delete("/personas/validate").then().statusCode(204);
    }

    private static RequestSpecification body(String json) {
        return given().contentType(MediaTypes.JSON).body(json);
    }
}
