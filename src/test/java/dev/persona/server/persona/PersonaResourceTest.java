package dev.persona.server.persona;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.persona.server.platform.ApiConfig;
import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.MediaTypes;
import dev.persona.server.platform.PolicyException;
import dev.persona.server.platform.Revision;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
class PersonaResourceTest {
    private static final String NIGHT =
            """
            {"persona_id": "night", "persona_name": "Night", "persona_groups": ["db"], "priority": 10,
             "configuration_parameters": {"cpu.max": "150%", "memory.high": "12GiB", "custom.ratio": 1.50},
             "activation_triggers": [{"type": "resource_utilization_thresholds", "metric": "system.cpu.utilization",
                                      "operator": "<", "value": "20%"}]}""";

    @Inject
    Personas personas;

    @Inject
    PersonaRepository repository;

    @Inject
    RecordedChanges changes;

    /** Keeps what listeners are told. */
    @ApplicationScoped
    static class RecordedChanges {
        private final List<Set<String>> groups = new ArrayList<>();

        synchronized void onChange(@Observes PersonasChanged change) {
            groups.add(change.groups());
        }

        synchronized List<Set<String>> take() {
            List<Set<String>> taken = List.copyOf(groups);
            groups.clear();
            return taken;
        }
    }

    @BeforeEach
    @AfterEach
    void empty() {
        personas.personas().forEach(persona -> personas.delete(persona.personaId(), Revision.Expected.ANY));
        changes.take();
    }

    @Test
    void a_created_persona_is_read_back_as_its_author_wrote_it() {
        Response created = json().body(NIGHT).post("/personas");

        assertThat(created.statusCode()).isEqualTo(201);
        assertThat(created.header("Location")).endsWith("/personas/night");
        assertThat(created.header("ETag")).isEqualTo("\"1\"");
        Response read = given().get("/personas/night");
        assertThat(read.statusCode()).isEqualTo(200);
        assertThat(read.header("ETag")).isEqualTo("\"1\"");
        assertThat(created.asString()).isEqualTo(read.asString().replaceFirst("}$", ",\"warnings\":[]}"));
        assertThat(withoutTimes(read))
                .isEqualTo(
                        """
                        {"persona_id":"night","persona_name":"Night","description":"","persona_groups":["db"],"priority":10,\
                        "enabled":true,"configuration_parameters":{"cpu.max":"150%","memory.high":"12GiB","custom.ratio":1.50},\
                        "activation_triggers":[{"type":"resource_utilization_thresholds","metric":"system.cpu.utilization",\
                        "operator":"<","value":"20%"}],"deactivation_triggers":[],"minimum_active":"PT0S","cooldown":"PT0S",\
                        "revision":1}""");
    }

    @Test
    void a_persona_can_be_written_and_read_in_yaml() {
        Response created = given().contentType(MediaTypes.YAML)
                .accept(MediaTypes.YAML)
                .body(bytes("persona_id: night\npriority: 5\nconfiguration_parameters: {cpu.weight: 50}\n"))
                .post("/personas");

        assertThat(created.statusCode()).isEqualTo(201);
        assertThat(created.contentType()).startsWith(MediaTypes.YAML);
        assertThat(created.asString()).contains("configuration_parameters:\n  cpu.weight: 50\n");
    }

    @Test
    void what_was_read_can_be_changed_and_sent_back() {
        json().body(NIGHT).post("/personas");
        Response read = given().get("/personas/night");

        Response changed = json().header("If-Match", read.header("ETag"))
                .body(read.asString().replace("\"priority\":10", "\"priority\":20"))
                .put("/personas/night");

        assertThat(changed.statusCode()).isEqualTo(200);
        assertThat(changed.header("ETag")).isEqualTo("\"2\"");
        assertThat(changed.jsonPath().getInt("priority")).isEqualTo(20);
        assertThat(changed.jsonPath().getString("created_at"))
                .isEqualTo(read.jsonPath().getString("created_at"));
        assertThat(personas.personas()).singleElement().satisfies(persona -> {
            assertThat(persona.priority()).isEqualTo(20);
            assertThat(persona.revision()).isEqualTo(2);
        });
    }

    @Test
    void a_persona_that_says_the_same_as_before_stays_at_its_revision() {
        json().body(NIGHT).post("/personas");
        changes.take();

        Response same = json().body(NIGHT).put("/personas/night");

        assertThat(same.header("ETag")).isEqualTo("\"1\"");
        assertThat(changes.take()).isEmpty();
    }

    @Test
    void the_path_names_the_persona_that_the_body_leaves_unnamed() {
        json().body(NIGHT).post("/personas");

        Response changed = json().body("{\"priority\": 3}").put("/personas/night");

        assertThat(changed.statusCode()).isEqualTo(200);
        assertThat(changed.jsonPath().getString("persona_id")).isEqualTo("night");
    }

    @Test
    void a_deleted_persona_is_gone() {
        json().body(NIGHT).post("/personas");

        assertThat(given().delete("/personas/night").statusCode()).isEqualTo(204);

        assertThat(given().get("/personas/night").statusCode()).isEqualTo(404);
        assertThat(repository.load()).isEmpty();
    }

    @Test
    void listeners_are_told_every_group_that_a_change_concerns() {
        json().body(NIGHT).post("/personas");
        json().body(NIGHT.replace("[\"db\"]", "[\"web\"]")).put("/personas/night");
        given().delete("/personas/night");

        assertThat(changes.take()).containsExactly(Set.of("db"), Set.of("db", "web"), Set.of("web"));
    }

    @Test
    void a_dry_run_checks_and_stores_nothing() {
        Response created = json().queryParam("dry_run", "true").body(NIGHT).post("/personas");

        assertThat(created.statusCode()).isEqualTo(200);
        assertThat(created.jsonPath().getInt("revision")).isEqualTo(1);
        assertThat(given().get("/personas/night").statusCode()).isEqualTo(404);

        json().body(NIGHT).post("/personas");
        Response changed = json().queryParam("dry_run", "true").body("{}").put("/personas/night");

        assertThat(changed.statusCode()).isEqualTo(200);
        assertThat(changed.jsonPath().getInt("revision")).isEqualTo(2);
        assertThat(given().get("/personas/night").header("ETag")).isEqualTo("\"1\"");
        assertThat(json().queryParam("dry_run", "true")
                        .body(NIGHT)
                        .post("/personas")
                        .statusCode())
                .isEqualTo(409);
    }

    @Test
    void every_fault_of_a_persona_is_told_at_once() {
        Response refused = json().body(
                        """
                                {"persona_id": "night", "priorty": 1, "configuration_parameters": {"cpu.gov": "x"},
                                 "activation_triggers": [{"type": "time_schedule", "cron": "0 8 * *", "duration": "PT1H"}]}""")
                .post("/personas");

        assertProblem(
                refused,
                422,
                """
                {"type":"urn:problem-type:instance-persona:invalid-document","status":422,"title":"The document has faults",\
                "detail":"persona `night` has 3 faults","instance":"/personas","code":"INVALID_DOCUMENT","errors":[\
                {"pointer":"/configuration_parameters/cpu.gov","detail":"unknown parameter `cpu.gov`; did you mean `cpu.governor`?"},\
                {"pointer":"/activation_triggers/0/cron","detail":"%s"},\
                {"pointer":"/priorty","detail":"`priorty` is not a field here; did you mean `priority`?"}]}"""
                        .formatted(refused.jsonPath().getString("errors[1].detail")));
        assertThat(repository.load()).isEmpty();
    }

    @Test
    void a_second_persona_of_the_same_id_is_refused() {
        json().body(NIGHT).post("/personas");

        assertProblem(
                json().body(NIGHT).post("/personas"),
                409,
                """
                {"type":"urn:problem-type:instance-persona:already-exists","status":409,\
                "title":"There is already one with this name","detail":"persona `night` exists already; PUT it to change it",\
                "instance":"/personas","code":"ALREADY_EXISTS"}""");
    }

    @ParameterizedTest
    @CsvSource({"GET,''", "PUT,; `POST /personas` creates one", "DELETE,''"})
    void a_persona_that_is_not_there_is_not_found(String method, String remedy) {
        RequestSpecification request = method.equals("PUT") ? json().body("{}") : given();

        assertProblem(
                request.request(method, "/personas/nobody"),
                404,
                """
                {"type":"urn:problem-type:instance-persona:not-found","status":404,"title":"There is no such thing",\
                "detail":"there is no persona `nobody`%s","instance":"/personas/nobody","code":"NOT_FOUND"}"""
                        .formatted(remedy));
    }

    @Test
    void a_persona_can_not_be_renamed() {
        json().body(NIGHT).post("/personas");

        assertProblem(
                json().body("{\"persona_id\": \"day\"}").put("/personas/night"),
                422,
                """
                {"type":"urn:problem-type:instance-persona:invalid-document","status":422,"title":"The document has faults",\
                "detail":"persona `night` has 1 fault","instance":"/personas/night","code":"INVALID_DOCUMENT","errors":[\
                {"pointer":"/persona_id","detail":"`persona_id` must be that of the path, `night`: personas can't be renamed"}]}""");
    }

    @ParameterizedTest
    @CsvSource({"PUT", "DELETE"})
    void a_change_of_another_revision_is_refused(String method) {
        json().body(NIGHT).post("/personas");

        assertProblem(
                json().header("If-Match", "\"7\"").body("{}").request(method, "/personas/night"),
                412,
                """
                {"type":"urn:problem-type:instance-persona:revision-mismatch","status":412,\
                "title":"It has changed since you read it",\
                "detail":"persona `night` is at revision 1, which `If-Match` doesn't name; read it again",\
                "instance":"/personas/night","code":"REVISION_MISMATCH"}""");
        assertThat(given().get("/personas/night").header("ETag")).isEqualTo("\"1\"");
    }

    @Test
    void a_change_must_name_its_revision_if_so_configured() {
        PersonaResource strict = new PersonaResource(personas, new ApiConfig() {
            @Override
            public MemorySize maxDocumentSize() {
                return new MemorySize(BigInteger.TEN);
            }

            @Override
            public int maxNestingDepth() {
                return 1;
            }

            @Override
            public boolean requireIfMatch() {
                return true;
            }
        });
        json().body(NIGHT).post("/personas");

        assertThatThrownBy(() -> strict.delete("night", null))
                .hasMessage("header `If-Match` is missing; send the `ETag` that you got when you read it")
                .isInstanceOfSatisfying(
                        PolicyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REVISION_REQUIRED));
        strict.delete("night", "*");
    }

    @Test
    void a_reader_who_knows_the_revision_is_not_sent_it_again() {
        json().body(NIGHT).post("/personas");

        Response unchanged = given().header("If-None-Match", "W/\"1\"").get("/personas/night");

        assertThat(unchanged.statusCode()).isEqualTo(304);
        assertThat(unchanged.header("ETag")).isEqualTo("\"1\"");
        assertThat(unchanged.asString()).isEmpty();
        assertThat(given().header("If-None-Match", "\"2\"")
                        .get("/personas/night")
                        .statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    dry_run=maybe | query parameter `dry_run` must be `true` or `false`, but is `maybe`
                    """)
    void a_wrong_query_parameter_is_refused_on_writing(String query, String detail) {
        assertRefused(json().body(NIGHT).post("/personas?" + query), "/personas", detail);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    enabled=1   | query parameter `enabled` must be `true` or `false`, but is `1`
                    limit=0     | query parameter `limit` must be a whole number from 1 to 500, but is `0`
                    limit=x     | query parameter `limit` must be a whole number from 1 to 500, but is `x`
                    cursor=abc  | query parameter `cursor` must be that of a `Link` header, but is `abc`
                    """)
    void a_wrong_query_parameter_is_refused_on_reading(String query, String detail) {
        assertRefused(given().get("/personas?" + query), "/personas", detail);
    }

    @Test
    void a_wrong_header_is_refused() {
        json().body(NIGHT).post("/personas");

        assertRefused(
                json().header("If-Match", "1").body("{}").put("/personas/night"),
                "/personas/night",
                "header `If-Match` must be `*` or entity tags such as `\\\"3\\\"`, but is `1`");
    }

    @Test
    void personas_are_listed_page_by_page_in_order_of_id() {
        for (String id : List.of("c", "a", "e", "b", "d")) {
            json().body("{\"persona_id\": \"" + id + "\"}").post("/personas");
        }

        List<String> seen = new ArrayList<>();
        String next = "/personas?limit=2";
        while (next != null) {
            Response page = given().urlEncodingEnabled(false).get(next);
            seen.addAll(page.jsonPath().getList("persona_id"));
            String link = page.header("Link");
            next = link == null ? null : link.replaceAll("<(.*)>; rel=\"next\"", "$1");
        }

        assertThat(seen).containsExactly("a", "b", "c", "d", "e");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    group=db                     | day,night
                    group=none                   |
                    enabled=false                | day
                    enabled=true                 | night,web
                    text=NIGHT                   | night
                    text=of the day              | day
                    group=db&enabled=true        | night
                    """)
    void personas_are_listed_by_group_state_and_text(String query, String ids) {
        json().body("{\"persona_id\": \"night\", \"persona_groups\": [\"db\"]}").post("/personas");
        json().body(
                        "{\"persona_id\": \"day\", \"persona_groups\": [\"db\"], \"enabled\": false, \"description\": \"Of the"
                                + " Day\"}")
                .post("/personas");
        json().body("{\"persona_id\": \"web\", \"persona_groups\": [\"web\"]}").post("/personas");

        Response listed = given().get("/personas?" + query);

        assertThat(String.join(",", listed.jsonPath().<String>getList("persona_id")))
                .isEqualTo(ids == null ? "" : ids);
    }

    @Test
    void of_many_who_change_the_same_revision_one_wins_and_no_change_is_lost() throws Exception {
        json().body(NIGHT).post("/personas");
        List<Callable<Integer>> writers = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            String body = "{\"priority\": " + (100 + i) + "}";
            writers.add(() -> json().header("If-Match", "\"1\"")
                    .body(body)
                    .put("/personas/night")
                    .statusCode());
        }

        List<Integer> statuses = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            for (Future<Integer> status : threads.invokeAll(writers)) {
                statuses.add(status.get());
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(statuses).containsOnlyOnce(200).containsOnly(200, 412);
        assertThat(given().get("/personas/night").header("ETag")).isEqualTo("\"2\"");
    }

    @Test
    void a_restarted_server_knows_what_was_stored() {
        json().body(NIGHT).post("/personas");
        json().body("{\"persona_id\": \"night\", \"persona_groups\": [\"web\", \"db\"]}")
                .put("/personas/night");
        String before = given().get("/personas/night").asString();

        personas.load();

        assertThat(given().get("/personas/night").asString()).isEqualTo(before);
        assertThat(personas.personas()).extracting(Persona::revision).containsExactly(2L);
    }

    private static RequestSpecification json() {
        return given().contentType(MediaTypes.JSON);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String withoutTimes(Response response) {
        return response.asString().replaceAll(",\"(created|updated)_at\":\"[^\"]*\"", "");
    }

    private static void assertRefused(Response response, String instance, String detail) {
        assertProblem(
                response,
                400,
                """
                {"type":"urn:problem-type:instance-persona:invalid-request","status":400,"title":"The request has faults",\
                "detail":"%s","instance":"%s","code":"INVALID_REQUEST"}"""
                        .formatted(detail, instance));
    }

    private static void assertProblem(Response response, int status, String document) {
        assertThat(response.asString()).isEqualTo(document);
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.contentType()).isEqualTo("application/problem+json");
    }
}
