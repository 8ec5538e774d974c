package dev.persona.server.persona;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import io.smallrye.openapi.api.SmallRyeOpenAPI;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.media.MediaType;

/** Describes personas in the OpenAPI document, out of their JSON Schema and the samples, so that there is one text of each. */
@OpenApiFilter(OpenApiFilter.RunStage.BUILD)
public class PersonaOpenApi implements OASFilter {
    static final String PERSONA = "Persona";
    static final String PERSONAS = "Personas";

    /** Declared in {@code META-INF/openapi.yaml}, for all packages. */
    static final String PROBLEM = "Problem";

    private static final String DEFINITION = "#/$defs/";
    private static final String REFERENCE = "#/components/schemas/";

    private final ObjectMapper json = new ObjectMapper();

    @Override
    public void filterOpenAPI(OpenAPI openApi) {
        schemas().getComponents().getSchemas().forEach(openApi.getComponents()::addSchema);
        openApi.getPaths().getPathItems().values().stream()
                .flatMap(path -> path.getOperations().values().stream())
                .filter(operation -> operation.getRequestBody() != null)
                .filter(operation -> operation.getOperationId() != null
                        && operation.getOperationId().endsWith(PERSONA))
                .forEach(this::addExamples);
    }

    private OpenAPI schemas() {
        ObjectNode persona = read();
        ObjectNode definitions = (ObjectNode) persona.remove("$defs");
        persona.remove("$schema");
        ObjectNode schemas = JsonNodeFactory.instance.objectNode();
        schemas.set(PERSONA, persona);
        schemas.putObject(PERSONAS).put("type", "array").putObject("items").put("$ref", REFERENCE + PERSONA);
        definitions.properties().forEach(entry -> schemas.set(PERSONA + "_" + entry.getKey(), entry.getValue()));
        ObjectNode document = JsonNodeFactory.instance.objectNode().put("openapi", "3.1.0");
        document.putObject("components").set("schemas", schemas);
        byte[] text = document.toString()
                .replace(DEFINITION, REFERENCE + PERSONA + "_")
                .getBytes(StandardCharsets.UTF_8);
        return SmallRyeOpenAPI.builder()
                .enableModelReader(false)
                .enableStandardStaticFiles(false)
                .enableStandardFilter(false)
                .enableAnnotationScan(false)
                .withCustomStaticFile(() -> new ByteArrayInputStream(text))
                .build()
                .model();
    }

    private void addExamples(Operation operation) {
        for (MediaType body :
                operation.getRequestBody().getContent().getMediaTypes().values()) {
            SamplePersonas.NAMES.forEach(name -> body.addExample(
                    name, OASFactory.createExample().value(json.convertValue(SamplePersonas.read(name), Map.class))));
        }
    }

    private ObjectNode read() {
        try (InputStream schema = PersonaOpenApi.class.getResourceAsStream(PersonaSchemaResource.SCHEMA)) {
            JsonNode read = json.readTree(schema);
            return (ObjectNode) read;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
