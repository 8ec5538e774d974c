package dev.persona.server.rulebook;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.anyOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import dev.persona.server.platform.MediaTypes;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Rules that are permitted and then loop, starve or throw (src/test/resources/rules/runaway, each says in its head how it
 * fails) bring about nothing, are reported, and keep nobody else from deciding.
 */
@QuarkusTest
class RunawayRulesResourceTest {
    private static final Pattern FAILS = Pattern.compile("(?m)^// Fails: (.+)$");
    private static final String INSTANCE = "runaway-1";
    private static final int METRICS = 300;

    /** Seconds: far beyond what a decision takes, and far below what these rules would. */
    private static final int LONGEST = 60;

    private static final String GOOD =
            """
            import dev.persona.server.rule.*
            global dev.persona.server.rule.Consequences consequences
            rule "good" dialect "mvel" when $m : Metric(name == "m1") then
                consequences.set("io.weight", $m.value * 100, 1, "as ever");
            end
            """;

    static Stream<Path> runawayRules() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/test/resources/rules/runaway"))) {
            return files.sorted().toList().stream();
        }
    }

    @BeforeEach
    void storeWhatIsGood() {
        clear();
        report(1);
        store("good", GOOD).then().statusCode(201);
    }

    @AfterEach
    void clear() {
        List.of("good", "runaway").forEach(name -> given().delete("/rules/" + name));
        given().delete("/instances/" + INSTANCE);
    }

    @ParameterizedTest
    @MethodSource("runawayRules")
    @Timeout(LONGEST)
    void others_go_on(Path file) throws IOException {
        String drl = Files.readString(file);
        Matcher fails = FAILS.matcher(drl);
        assertThat(fails.find()).isTrue();

        store("runaway", drl).then().statusCode(201);
        report(2)
                .then()
                .statusCode(200)
                .body("configuration.'io.weight'.value", equalTo(200))
                .body("configuration.'cpu.weight'", equalTo(null))
                .body("active_personas.size()", equalTo(0));

        // On a machine with much else to do any of them may run out of time first.
        given().get("/rules/runaway")
                .then()
                .body("last_failure.cause", anyOf(containsString(fails.group(1)), containsString("take longer than")));
        given().get("/rules/good").then().body("last_failure", equalTo(null));
    }

    private static Response store(String name, String drl) {
        return given().contentType("text/plain")
                .body(drl)
                .queryParam("name", name)
                .post("/rules");
    }

    /** Reports many metrics, each of this value. */
    private static Response report(int value) {
        Map<String, Integer> metrics = new TreeMap<>();
        for (int i = 1; i <= METRICS; i++) {
            metrics.put("m" + i, value);
        }
        return given().contentType(MediaTypes.JSON)
                .body(Map.of("metrics", metrics))
                .post("/instances/" + INSTANCE + "/reports");
    }
}
