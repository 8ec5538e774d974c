package dev.persona.server.simulation;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;

import dev.persona.server.platform.MediaTypes;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which custom rules take part in a simulation. */
@QuarkusTest
class ScenarioRulesResourceTest {
    private static final String STORY =
            """
            personas:
              - {persona_id: memory-pressure, persona_groups: [g], configuration_parameters: {cpu.weight: 1}}
            instance: {tags: {persona_group: g}}
            start: 2026-03-02T08:00:00Z
            timeline:
              - {at: PT0S, metrics: {system.memory.utilization: 0.95, system.paging.utilization: 0.7}}
            """;
    private static final String PAIRS =
            """
            import dev.persona.server.rule.*
            global dev.persona.server.rule.Consequences consequences
            rule "pairs" dialect "mvel" when $m : Metric() Metric(value > $m.value + 10%s) then
                consequences.activate("memory-pressure", "it is");
            end
            """;

    @AfterEach
    void clear() {
        given().post("/rules/memory-pressure/enable");
        given().delete("/rules/pairs");
    }

    @Test
    void those_in_force_take_part_unless_the_story_names_others() {
        simulate("").then().body("decisions[0].active_personas.persona_id", contains("memory-pressure"));
        simulate("rules: []\n").then().body("decisions[0].active_personas", empty());

        given().post("/rules/memory-pressure/disable").then().statusCode(200);

        simulate("").then().body("decisions[0].active_personas", empty());
        simulate("rule_names: [memory-pressure]\n")
                .then()
                .body("decisions[0].active_personas.persona_id", contains("memory-pressure"));
    }

    @Test
    void all_faults_of_rules_are_told_with_those_of_the_story() {
        simulate(
                        """
                        rules:
                          - {name: memory-pressure, drl: "rule"}
                          - {drl: "package dev.persona.rules", enabled: true}
                          - {name: two, drl: "package dev.persona.rules\\nimport java.io.File"}
                        rule_names: [memory-presure]
                        unknown: 1
                        """)
                .then()
                .statusCode(422)
                .body(
                        "errors.pointer",
                        contains(
                                "/rules/0/drl",
                                "/rules/1/name",
                                "/rules/1/enabled",
                                "/rules/2/drl",
                                "/rule_names/0",
                                "/unknown"))
                .body("errors[0].detail", startsWith("line 1, column "))
                .body("errors[3].detail", equalTo("line 1, column 1: the text has no rules; write at least one"))
                .body(
                        "errors[4].detail",
                        equalTo("there are no rules `memory-presure`; did you mean `memory-pressure`?"));
    }

    @Test
    void rules_are_there_once() {
        given().contentType("text/plain")
                .queryParam("name", "pairs")
                .body(PAIRS.formatted(""))
                .post("/rules")
                .then()
                .statusCode(201);

        simulate("rule_names: [pairs, pairs]\n")
                .then()
                .statusCode(422)
                .body("errors[0].detail", equalTo("rules `pairs` are there twice"));
    }

    @Test
    void a_story_that_would_keep_the_server_busy_for_long_is_ended() {
        String metrics = IntStream.range(0, 100).mapToObj(i -> "m" + i + ": 1").collect(Collectors.joining(", "));
        String costly = PAIRS.formatted((", " + "value + ".repeat(90) + "value < 0").repeat(8));

        simulate(
                        "rules: [{name: pairs, drl: " + quoted(costly) + "}]\nuntil: PT2H\n",
                        "  - {at: PT0S, every: PT1S, metrics: {" + metrics + "}}\n")
                .then()
                .statusCode(413)
                .body("detail", containsString("more than 20000000 comparisons"));
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    }

    private static Response simulate(String rules) {
        return simulate(rules, "");
    }

    private static Response simulate(String rules, String entries) {
        return given().contentType(MediaTypes.YAML)
                .body((STORY + entries + rules).getBytes(StandardCharsets.UTF_8))
                .post("/simulations");
    }
}
