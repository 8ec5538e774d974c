package dev.persona.server.persona;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import java.io.InputStream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The JSON Schema of a persona, for editors and for those who check before they send. */
@Path("/schemas/persona")
@Tag(name = "Personas")
public class PersonaSchemaResource {
    static final String SCHEMA = "/schemas/persona.schema.json";

    @GET
    @Produces("application/schema+json")
    @Operation(operationId = "readPersonaSchema", summary = "The JSON Schema (2020-12) of a persona")
    public InputStream read() {
        return PersonaSchemaResource.class.getResourceAsStream(SCHEMA);
    }
}
