package dev.persona.server.persona;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.persona.server.platform.ApiConfig;
import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.Flag;
import dev.persona.server.platform.MediaTypes;
import dev.persona.server.platform.PageRequest;
import dev.persona.server.platform.PolicyException;
import dev.persona.server.platform.Revision;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriBuilder;
import jakarta.ws.rs.core.UriInfo;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Personas over HTTP. */
@Path("/personas")
@Produces({MediaTypes.JSON, MediaTypes.YAML, MediaTypes.X_YAML, MediaTypes.TEXT_YAML})
@Consumes({MediaTypes.JSON, MediaTypes.YAML, MediaTypes.X_YAML, MediaTypes.TEXT_YAML})
@Tag(name = "Personas", description = "Named sets of configuration, with the conditions under which they hold")
public class PersonaResource {
    private static final int LONGEST_TEXT = 200;

    private final Personas personas;
    private final ApiConfig config;

    PersonaResource(Personas personas, ApiConfig config) {
        this.personas = personas;
        this.config = config;
    }

    @POST
    @Operation(
            operationId = "createPersona",
            summary = "Create a persona",
            description =
                    "`revision`, `created_at`, `updated_at` and `warnings` are made by the server and passed over in the body.")
    @RequestBody(required = true, content = @Content(schema = @Schema(ref = PersonaOpenApi.PERSONA)))
    @APIResponse(
            responseCode = "201",
            description = "Created; `Location` and `ETag` are those of the persona",
            content = @Content(schema = @Schema(ref = PersonaOpenApi.PERSONA)))
    @APIResponse(responseCode = "200", description = "With `dry_run=true`: it could be created as shown")
    @APIResponse(responseCode = "400", ref = PersonaOpenApi.PROBLEM)
    @APIResponse(responseCode = "409", ref = PersonaOpenApi.PROBLEM)
    @APIResponse(responseCode = "422", ref = PersonaOpenApi.PROBLEM)
    public Response create(
            JsonNode written,
            @QueryParam("dry_run")
                    @Parameter(
                            description = "Whether to check only, and store nothing",
                            schema = @Schema(type = SchemaType.BOOLEAN))
                    @Nullable
                    String dryRun) {
        boolean checkOnly = Flag.read("dry_run", dryRun).orElse(false);
        StoredPersona persona = personas.create(written, checkOnly);
        if (checkOnly) {
            return Response.ok(personas.reviewed(persona)).build();
        }
        return Response.created(UriBuilder.fromPath("/personas/{id}").build(persona.personaId()))
                .entity(personas.reviewed(persona))
                .header("ETag", Revision.tag(persona.revision()))
                .build();
    }

    @POST
    @Path("/validate")
    @Operation(
            operationId = "validatePersona",
            summary = "Check a persona, and say what its author hardly means",
            description = "The same as creating or changing it says, whether it exists or not; nothing is stored.")
    @RequestBody(required = true, content = @Content(schema = @Schema(ref = PersonaOpenApi.PERSONA)))
    @APIResponse(
            responseCode = "200",
            description = "It could be saved as shown; `warnings` says what it would never or always do",
            content = @Content(schema = @Schema(ref = PersonaOpenApi.PERSONA)))
    @APIResponse(responseCode = "400", ref = PersonaOpenApi.PROBLEM)
    @APIResponse(responseCode = "422", ref = PersonaOpenApi.PROBLEM)
    public ObjectNode validate(JsonNode written) {
        return personas.validate(written);
    }

    @GET
    @Operation(
            operationId = "listPersonas",
            summary = "List personas in order of id",
            description = "A `Link` header with `rel=\"next\"` leads to the next page.")
    @APIResponse(
            responseCode = "200",
            description = "One page of personas",
            content = @Content(schema = @Schema(ref = PersonaOpenApi.PERSONAS)))
    @APIResponse(responseCode = "400", ref = PersonaOpenApi.PROBLEM)
    public Response list(
            @QueryParam("group") @Parameter(description = "Only those of a persona group") @Nullable String group,
            @QueryParam("enabled")
                    @Parameter(
                            description = "Only those that are enabled, or aren't",
                            schema = @Schema(type = SchemaType.BOOLEAN))
                    @Nullable
                    String enabled,
            @QueryParam("text")
                    @Parameter(description = "Only those with this text in id, name or description")
                    @Nullable
                    String text,
            @QueryParam("limit")
                    @Parameter(
                            description = "At most so many",
                            schema =
                                    @Schema(
                                            type = SchemaType.INTEGER,
                                            minimum = "1",
                                            maximum = "500",
                                            defaultValue = "100"))
                    @Nullable
                    String limit,
            @QueryParam("cursor") @Parameter(description = "From the `Link` header of the page before") @Nullable
                    String cursor,
            @Context UriInfo request) {
        if (text != null && text.length() > LONGEST_TEXT) {
            throw new PolicyException(
                    ErrorCode.INVALID_REQUEST,
                    "query parameter `text` is longer than " + LONGEST_TEXT + " characters; shorten it");
        }
        PersonaFilter filter =
                new PersonaFilter(Optional.ofNullable(group), Flag.read("enabled", enabled), Optional.ofNullable(text));
        return personas.list(filter, PageRequest.read(limit, cursor))
                .map(StoredPersona::view)
                .respond(request);
    }

    @GET
    @Path("/{persona_id}")
    @Operation(operationId = "readPersona", summary = "Read a persona")
    @APIResponse(
            responseCode = "200",
            description = "The persona; `ETag` is its revision",
            content = @Content(schema = @Schema(ref = PersonaOpenApi.PERSONA)))
    @APIResponse(responseCode = "304", description = "It is still at a revision that `If-None-Match` names")
    @APIResponse(responseCode = "404", ref = PersonaOpenApi.PROBLEM)
    public Response read(
            @PathParam("persona_id") String personaId, @HeaderParam("If-None-Match") @Nullable String ifNoneMatch) {
        StoredPersona persona = personas.get(personaId);
        if (Revision.isKnown(ifNoneMatch, persona.revision())) {
            return Response.notModified()
                    .header("ETag", Revision.tag(persona.revision()))
                    .build();
        }
        return answer(persona, persona.view());
    }

    @PUT
    @Path("/{persona_id}")
    @Operation(
            operationId = "changePersona",
            summary = "Change a persona",
            description =
                    "What was read can be changed and sent back: `revision`, `created_at`, `updated_at` and `warnings`"
                            + " are passed over. A persona that says the same as before stays at its revision.")
    @RequestBody(required = true, content = @Content(schema = @Schema(ref = PersonaOpenApi.PERSONA)))
    @APIResponse(
            responseCode = "200",
            description = "Changed, or with `dry_run=true`: it could be changed to what is shown",
            content = @Content(schema = @Schema(ref = PersonaOpenApi.PERSONA)))
    @APIResponse(responseCode = "400", ref = PersonaOpenApi.PROBLEM)
    @APIResponse(responseCode = "404", ref = PersonaOpenApi.PROBLEM)
    @APIResponse(responseCode = "412", ref = PersonaOpenApi.PROBLEM)
    @APIResponse(responseCode = "422", ref = PersonaOpenApi.PROBLEM)
    @APIResponse(responseCode = "428", ref = PersonaOpenApi.PROBLEM)
    public Response replace(
            @PathParam("persona_id") String personaId,
            JsonNode written,
            @HeaderParam("If-Match") @Nullable String ifMatch,
            @QueryParam("dry_run")
                    @Parameter(
                            description = "Whether to check only, and store nothing",
                            schema = @Schema(type = SchemaType.BOOLEAN))
                    @Nullable
                    String dryRun) {
        boolean checkOnly = Flag.read("dry_run", dryRun).orElse(false);
        Revision.Expected expected = Revision.ifMatch(ifMatch, config.requireIfMatch());
        StoredPersona persona = personas.replace(personaId, written, expected, checkOnly);
        ObjectNode reviewed = personas.reviewed(persona);
        return checkOnly ? Response.ok(reviewed).build() : answer(persona, reviewed);
    }

    @DELETE
    @Path("/{persona_id}")
    @Operation(operationId = "deletePersona", summary = "Delete a persona; it ends at once wherever it is active")
    @APIResponse(responseCode = "204", description = "Deleted")
    @APIResponse(responseCode = "404", ref = PersonaOpenApi.PROBLEM)
    @APIResponse(responseCode = "412", ref = PersonaOpenApi.PROBLEM)
    @APIResponse(responseCode = "428", ref = PersonaOpenApi.PROBLEM)
    public void delete(@PathParam("persona_id") String personaId, @HeaderParam("If-Match") @Nullable String ifMatch) {
        personas.delete(personaId, Revision.ifMatch(ifMatch, config.requireIfMatch()));
    }

    private static Response answer(StoredPersona persona, ObjectNode view) {
        return Response.ok(view)
                .header("ETag", Revision.tag(persona.revision()))
                .header("Vary", "Accept")
                .build();
    }
}
