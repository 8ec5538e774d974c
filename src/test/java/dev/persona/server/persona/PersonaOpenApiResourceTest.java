package dev.persona.server.persona;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the OpenAPI document and the JSON Schema say of personas. */
@QuarkusTest
class PersonaOpenApiResourceTest {
    private final ObjectMapper json = new ObjectMapper();
    private JsonNode openApi;

    @BeforeEach
    void read() throws IOException {
        openApi = json.readTree(given().get("/q/openapi?format=json").asString());
    }

    @Test
    void creating_a_persona_is_shown_with_every_sample() {
        JsonNode body = openApi.at("/paths/~1personas/post/requestBody/content/application~1json");

        assertThat(body.at("/schema/$ref").textValue()).isEqualTo("#/components/schemas/Persona");
        for (String name : SamplePersonas.NAMES) {
            assertThat(body.at("/examples/" + name + "/value").toString())
                    .isEqualTo(SamplePersonas.read(name).toString());
        }
    }

    @Test
    void every_reference_leads_somewhere() {
        List<String> references = openApi.findValuesAsText("$ref");

        assertThat(references)
                .contains("#/components/schemas/Persona_trigger", "#/components/responses/Problem")
                .allSatisfy(reference -> assertThat(
                                openApi.at(reference.substring(1)).isMissingNode())
                        .as(reference)
                        .isFalse());
    }

    @Test
    void the_schema_of_a_persona_is_served_as_it_is() throws IOException {
        JsonNode served = json.readTree(given().get("/schemas/persona").asString());

        assertThat(served).isEqualTo(json.readTree(getClass().getResourceAsStream(PersonaSchemaResource.SCHEMA)));
    }
}
