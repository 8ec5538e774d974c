package dev.persona.server.rulebook;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import dev.persona.server.platform.MediaTypes;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.config.EncoderConfig;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
class RuleResourceTest {
    private static final String HEAD =
            """
            package dev.persona.rules
            import dev.persona.server.rule.*
            global dev.persona.server.rule.Consequences consequences
            dialect "mvel"
            """;
    private static final String QUIET = HEAD
            + """
            rule "Quiet while somebody is logged in" when
                UserSession(name == "alice")
            then
                consequences.activate("quiet", "alice is here");
                consequences.set("cpu.weight", 50, 10, "alice is here");
            end
            """;
    private static final String THROWING = HEAD
            + """
            rule "Weight by queue" when
                $queue : Metric(name == "queue")
            then
                consequences.set("cpu.weight", $queue.value * 1000, 10, "as long as the queue");
            end
            """;

    @Inject
    Rulebook rulebook;

    @Inject
    RuleRepository repository;

    @BeforeEach
    @AfterEach
    void clear() {
        repository.texts().forEach(text -> given().delete("/rules/" + text.name()));
        given().post("/rules/memory-pressure/enable");
        given().delete("/instances/rules-1");
    }

    @Test
    void plain_drl_is_stored_and_read_back() {
        Response created = drl(QUIET).queryParam("name", "quiet-hours").post("/rules");

        assertThat(created.statusCode()).isEqualTo(201);
        assertThat(created.header("Location")).endsWith("/rules/quiet-hours");
        assertThat(created.header("ETag")).isEqualTo("\"1\"");
        given().get("/rules/quiet-hours")
                .then()
                .statusCode(200)
                .header("ETag", "\"1\"")
                .body("name", equalTo("quiet-hours"))
                .body("origin", equalTo("api"))
                .body("revision", equalTo(1))
                .body("enabled", equalTo(true))
                .body("status", equalTo("active"))
                .body("rules", contains("Quiet while somebody is logged in"))
                .body("drl", equalTo(QUIET))
                .body("errors", empty())
                .body("last_failure", nullValue())
                .body("created_at", notNullValue());
        assertThat(given().accept("text/plain").get("/rules/quiet-hours").asString())
                .isEqualTo(QUIET);
    }

    @Test
    void a_document_in_json_or_yaml_is_stored_with_its_name() {
        json(Map.of("name", "one", "drl", QUIET, "enabled", false))
                .post("/rules")
                .then()
                .statusCode(201)
                .body("enabled", equalTo(false))
                .body("status", equalTo("disabled"));
        String yaml = "name: two\ndrl: |\n" + QUIET.indent(2);
        given().contentType(MediaTypes.YAML)
                .body(yaml.getBytes(StandardCharsets.UTF_8))
                .post("/rules")
                .then()
                .statusCode(201);

        given().get("/rules")
                .then()
                .body("name", contains("memory-pressure", "one", "two"))
                .body("origin", contains("shipped", "api", "api"))
                .body("drl", contains(nullValue(), nullValue(), nullValue()));
        given().get("/rules?status=disabled").then().body("name", contains("one"));
        given().get("/rules?origin=api&limit=1")
                .then()
                .body("name", contains("one"))
                .header("Link", containsString("rel=\"next\""));
        given().get("/rules?status=broken").then().statusCode(400).body("detail", containsString("`faulty`"));
    }

    @Test
    void all_faults_are_told_at_once_with_line_and_column() {
        drl(HEAD + "rule \"x\" when Metric(nam == 1) then\n  consequences.set(\"cpu.wieght\", 1, 1, \"r\"); end")
                .queryParam("name", "Bad Name")
                .post("/rules")
                .then()
                .statusCode(422)
                .body("code", equalTo("INVALID_DOCUMENT"))
                .body("errors.pointer", contains("/name", "/drl", "/drl"))
                .body("errors[1].detail", startsWith("line 5, column 22, rule `x`: `nam` isn't a field"))
                .body(
                        "errors[2].detail",
                        equalTo(
                                "line 6, column 20, rule `x`: unknown parameter `cpu.wieght`; did you mean `cpu.weight`?"));
        json(Map.of("drll", QUIET))
                .post("/rules")
                .then()
                .statusCode(422)
                .body("errors.pointer", contains("/drl", "/drll"));
        given().get("/rules").then().body("name", contains("memory-pressure"));
    }

    @Test
    void validating_and_dry_runs_store_nothing() {
        drl(QUIET)
                .post("/rules/validate")
                .then()
                .statusCode(200)
                .body("rules", hasSize(1))
                .body(
                        "warnings[0]",
                        startsWith("line 8, column 27, rule `Quiet while somebody is logged in`: there is no"
                                + " persona `quiet`"));
        json(Map.of("drl", "rule"))
                .post("/rules/validate")
                .then()
                .statusCode(422)
                .body("errors", hasSize(1));
        drl(QUIET)
                .queryParam("name", "quiet-hours")
                .queryParam("dry_run", true)
                .post("/rules")
                .then()
                .statusCode(200)
                .header("Location", nullValue());

        given().get("/rules/quiet-hours").then().statusCode(404);
    }

    @Test
    void a_name_that_is_nearly_right_is_told() {
        given().get("/rules/memory-presure")
                .then()
                .statusCode(404)
                .body("detail", equalTo("there are no rules `memory-presure`; did you mean `memory-pressure`?"));
    }

    @Test
    void what_ships_with_the_server_can_be_read_and_disabled_only() {
        drl(QUIET)
                .queryParam("name", "memory-pressure")
                .post("/rules")
                .then()
                .statusCode(409)
                .body("detail", containsString("ship with the server; choose another name"));
        drl(QUIET).put("/rules/memory-pressure").then().statusCode(409);
        given().delete("/rules/memory-pressure").then().statusCode(409);
        given().get("/rules/memory-pressure/versions").then().body("revision", contains(1));
        given().post("/rules/memory-pressure/disable").then().statusCode(200).body("status", equalTo("disabled"));
        assertThat(rulebook.rules()).isEmpty();
        rulebook.load();
        given().get("/rules/memory-pressure").then().body("status", equalTo("disabled"));
        given().post("/rules/memory-pressure/enable").then().body("status", equalTo("active"));
        assertThat(rulebook.rules()).hasSize(1);
    }

    @Test
    void each_text_is_a_version_that_can_be_read_and_restored() {
        create("night", QUIET);
        String other = QUIET.replace("alice", "bob");

        drl(other).put("/rules/night").then().statusCode(200).header("ETag", "\"2\"");
        drl(other).put("/rules/night").then().statusCode(200).header("ETag", "\"2\"");

        given().get("/rules/night/versions").then().body("revision", contains(1, 2));
        given().get("/rules/night/versions?limit=1").then().header("Link", containsString("cursor="));
        Response first = given().get("/rules/night/versions/1");
        assertThat(first.jsonPath().getString("drl")).isEqualTo(QUIET);
        assertThat(given().accept("text/plain").get("/rules/night/versions/1").asString())
                .isEqualTo(QUIET);
        given().contentType(MediaTypes.JSON)
                .body(first.asString())
                .put("/rules/night")
                .then()
                .statusCode(200)
                .body("revision", equalTo(3))
                .body("drl", equalTo(QUIET));
        given().get("/rules/night/versions/9")
                .then()
                .statusCode(404)
                .body("detail", containsString("have no revision `9`"));
        given().get("/rules/night/versions/x").then().statusCode(404);
    }

    @Test
    void a_change_of_another_revision_is_refused() {
        create("night", QUIET);

        drl(QUIET + "\n").header("If-Match", "\"7\"").put("/rules/night").then().statusCode(412);
        given().header("If-Match", "\"7\"").delete("/rules/night").then().statusCode(412);
        given().header("If-Match", "\"7\"").post("/rules/night/disable").then().statusCode(412);
        drl(QUIET + "\n").header("If-Match", "\"1\"").put("/rules/night").then().statusCode(200);
        given().header("If-Match", "\"2\"").delete("/rules/night").then().statusCode(204);
        given().get("/rules/night").then().statusCode(404);
    }

    @ParameterizedTest
    @CsvSource({"POST,/rules?name=night,409", "PUT,/rules/nigth,404", "POST,/rules,400", "PUT,/rules/night?name=x,400"})
    void what_does_not_fit_the_names_is_refused(String method, String path, int status) {
        create("night", QUIET);

        drl(QUIET).request(method, path).then().statusCode(status);
    }

    @Test
    void reserved_names_and_renaming_are_refused() {
        drl(QUIET).queryParam("name", "validate").post("/rules").then().statusCode(422);
        create("night", QUIET);
        json(Map.of("name", "day", "drl", QUIET))
                .put("/rules/night")
                .then()
                .statusCode(422)
                .body("errors.pointer", contains("/name"));
    }

    @Test
    void text_that_no_database_holds_is_refused() {
        drl(QUIET + "// \0").queryParam("name", "nul").post("/rules").then().statusCode(422);
        given().contentType("text/plain")
                .body(new byte[] {(byte) 0xff, 'x'})
                .queryParam("name", "bytes")
                .post("/rules")
                .then()
                .statusCode(400);
    }

    @Test
    void rules_decide_from_the_moment_they_are_saved_until_they_are_gone() {
        instance();
        report("{\"metrics\": {}, \"users\": [{\"name\": \"alice\"}]}").then().body("configuration", equalTo(Map.of()));

        create("quiet-hours", QUIET);

        report("{\"metrics\": {}}")
                .then()
                .body("configuration.'cpu.weight'.value", equalTo(50))
                .body("configuration.'cpu.weight'.persona_id", equalTo("rule:Quiet while somebody is logged in"));
        given().post("/rules/quiet-hours/disable").then().statusCode(200);
        given().get("/instances/rules-1/decision").then().body("configuration", equalTo(Map.of()));
        given().post("/rules/quiet-hours/enable").then().statusCode(200);
        given().get("/instances/rules-1/decision").then().body("configuration.'cpu.weight'.value", equalTo(50));
        given().delete("/rules/quiet-hours").then().statusCode(204);
        given().get("/instances/rules-1/decision").then().body("configuration", equalTo(Map.of()));
    }

    @Test
    void rules_that_fail_are_left_out_then_stopped_also_after_a_restart_and_come_back_when_enabled() {
        instance();
        create("quiet-hours", QUIET);
        create("weights", THROWING);
        report("{\"users\": [{\"name\": \"alice\"}], \"metrics\": {\"queue\": 0.3}}")
                .then()
                .body("conflicts", hasSize(1));

        for (int i = 1; i <= 4; i++) {
            report("{\"users\": [{\"name\": \"alice\"}], \"metrics\": {\"queue\": " + 100 * i + "}}")
                    .then()
                    .statusCode(200)
                    .body("configuration.'cpu.weight'.persona_id", startsWith("rule:Quiet"))
                    .body("conflicts", empty());
        }
        given().get("/rules/weights")
                .then()
                .body("status", equalTo("active"))
                .body("last_failure.instance_id", equalTo("rules-1"))
                .body("last_failure.rule", equalTo("Weight by queue"))
                .body("last_failure.cause", endsWith("but is `400000`"))
                .body("last_failure.at", notNullValue());

        report("{\"metrics\": {\"queue\": 500}}").then().statusCode(200);
        awaitStatus("weights", "failed");
        given().get("/rules?status=failed").then().body("name", contains("weights"));
        given().get("/q/metrics").then().body(containsString("persona_rules_failures_total{rules=\"weights\"}"));

        rulebook.load();
        given().get("/rules/weights")
                .then()
                .body("status", equalTo("failed"))
                .body("enabled", equalTo(true))
                .body("last_failure.cause", endsWith("but is `500000`"));
        assertThat(rulebook.rules()).hasSize(2);

        given().post("/rules/weights/enable").then().body("status", equalTo("active"));
        report("{\"metrics\": {\"queue\": 0.2}}").then().body("conflicts", hasSize(1));
    }

    @Test
    void saving_rules_that_were_stopped_puts_them_into_force_again() {
        instance();
        create("weights", THROWING);
        for (int i = 0; i < 5; i++) {
            report("{\"metrics\": {\"queue\": 500}}").then().statusCode(200);
        }
        awaitStatus("weights", "failed");

        drl(THROWING)
                .put("/rules/weights")
                .then()
                .statusCode(200)
                .body("status", equalTo("active"))
                .body("revision", equalTo(1));

        report("{\"metrics\": {\"queue\": 0.2}}").then().body("configuration.'cpu.weight'.value", equalTo(200));
    }

    @Test
    void the_api_describes_itself() {
        given().accept(MediaTypes.JSON)
                .get("/q/openapi")
                .then()
                .body("paths.'/rules'.post.operationId", equalTo("createRules"))
                .body("paths.'/rules/{name}/enable'.post.operationId", equalTo("enableRules"))
                .body("paths.'/rules'.post.requestBody.content.keySet()", hasItem("text/plain"))
                .body("components.schemas.RuleDocument.properties.keySet()", hasItem("drl"));
    }

    private static void create(String name, String drl) {
        drl(drl).queryParam("name", name).post("/rules").then().statusCode(201);
    }

    /** The document is stopped by another thread, shortly after the decision. */
    private static void awaitStatus(String name, String status) {
        for (int i = 0; i < 2_000; i++) {
            if (given().get("/rules/" + name).jsonPath().getString("status").equals(status)) {
                return;
            }
            Thread.onSpinWait();
        }
        throw new AssertionError("rules `" + name + "` never are `" + status + "`");
    }

    private static void instance() {
        report("{\"metrics\": {}}").then().statusCode(200);
    }

    private static Response report(String body) {
        return given().contentType(MediaTypes.JSON).body(body).post("/instances/rules-1/reports");
    }

    private static RequestSpecification drl(String drl) {
        return given().config(RestAssured.config()
                        .encoderConfig(EncoderConfig.encoderConfig().defaultContentCharset(StandardCharsets.UTF_8)))
                .contentType("text/plain")
                .body(drl);
    }

    private static RequestSpecification json(Object document) {
        return given().contentType(MediaTypes.JSON).body(document);
    }
}
