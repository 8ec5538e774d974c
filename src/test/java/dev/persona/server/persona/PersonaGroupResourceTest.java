package dev.persona.server.persona;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.persona.server.platform.MediaTypes;
import dev.persona.server.platform.Revision;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
class PersonaGroupResourceTest {

    @Inject
    Personas personas;

    @Inject
    PersonaRepository repository;

    @AfterEach
    void empty() {
        personas.personas().forEach(persona -> personas.delete(persona.personaId(), Revision.Expected.ANY));
    }

    @BeforeEach
    void two_personas() {
        empty();
        create("{\"persona_id\": \"night\", \"persona_groups\": [\"db\"]}");
        create("{\"persona_id\": \"day\", \"persona_groups\": [\"web\", \"db\"]}");
    }

    @Test
    void groups_are_listed_with_their_personas() {
        assertThat(given().get("/persona-groups").asString())
                .isEqualTo(
                        """
                        [{"persona_group":"db","persona_ids":["day","night"]},{"persona_group":"web","persona_ids":["day"]}]""");
    }

    @Test
    void groups_are_listed_page_by_page() {
        Response first = given().get("/persona-groups?limit=1");
        Response second =
                given().urlEncodingEnabled(false).get(first.header("Link").replaceAll("<(.*)>.*", "$1"));

        assertThat(first.jsonPath().getList("persona_group")).containsExactly("db");
        assertThat(second.jsonPath().getList("persona_group")).containsExactly("web");
        assertThat(second.header("Link")).isNull();
    }

    @Test
    void a_group_is_read_with_its_personas() {
        assertThat(given().get("/persona-groups/db").asString())
                .isEqualTo("{\"persona_group\":\"db\",\"persona_ids\":[\"day\",\"night\"]}");
    }

    @Test
    void a_group_that_no_persona_is_in_is_not_found() {
        assertProblem(
                given().get("/persona-groups/cache"),
                404,
                """
                {"type":"urn:problem-type:instance-persona:not-found","status":404,"title":"There is no such thing",\
                "detail":"no persona is in group `cache`","instance":"/persona-groups/cache","code":"NOT_FOUND"}""");
    }

    @Test
    void a_persona_joins_a_group_once() {
        assertThat(given().put("/persona-groups/cache/personas/night").statusCode())
                .isEqualTo(204);
        assertThat(given().put("/persona-groups/cache/personas/night").statusCode())
                .isEqualTo(204);

        Response night = given().get("/personas/night");
        assertThat(night.jsonPath().getList("persona_groups")).containsExactly("cache", "db");
        assertThat(night.header("ETag")).isEqualTo("\"2\"");
        assertThat(repository.load())
                .filteredOn(row -> row.personaId().equals("night"))
                .extracting(PersonaEntity::groups)
                .containsExactly(Set.of("cache", "db"));
    }

    @Test
    void a_persona_leaves_a_group() {
        assertThat(given().delete("/persona-groups/db/personas/night").statusCode())
                .isEqualTo(204);

        assertThat(given().get("/personas/night").jsonPath().getList("persona_groups"))
                .isEmpty();
        assertThat(given().get("/persona-groups/db").jsonPath().getList("persona_ids"))
                .containsExactly("day");
    }

    @Test
    void a_persona_can_not_leave_a_group_that_it_is_not_in() {
        assertProblem(
                given().delete("/persona-groups/cache/personas/night"),
                404,
                """
                {"type":"urn:problem-type:instance-persona:not-found","status":404,"title":"There is no such thing",\
                "detail":"persona `night` isn't in group `cache`","instance":"/persona-groups/cache/personas/night",\
                "code":"NOT_FOUND"}""");
    }

    @ParameterizedTest
    @CsvSource({"PUT", "DELETE"})
    void a_persona_that_is_not_there_is_not_found(String method) {
        assertProblem(
                given().request(method, "/persona-groups/db/personas/nobody"),
                404,
                """
                {"type":"urn:problem-type:instance-persona:not-found","status":404,"title":"There is no such thing",\
                "detail":"there is no persona `nobody`","instance":"/persona-groups/db/personas/nobody","code":"NOT_FOUND"}""");
    }

    @Test
    void a_name_that_no_group_can_have_is_refused() {
        assertProblem(
                given().put("/persona-groups/a+b/personas/night"),
                400,
                """
                {"type":"urn:problem-type:instance-persona:invalid-request","status":400,"title":"The request has faults",\
                "detail":"a group must be 1-64 letters, digits and `. _ -`, and more than dots, but is `a+b`",\
                "instance":"/persona-groups/a+b/personas/night","code":"INVALID_REQUEST"}""");
    }

    private static void create(String persona) {
        assertThat(given().contentType(MediaTypes.JSON)
                        .body(persona)
                        .post("/personas")
                        .statusCode())
                .isEqualTo(201);
    }

    private static void assertProblem(Response response, int status, String document) {
        assertThat(response.asString()).isEqualTo(document);
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.contentType()).isEqualTo("application/problem+json");
    }
}
