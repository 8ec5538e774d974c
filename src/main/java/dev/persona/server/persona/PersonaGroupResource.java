package dev.persona.server.persona;

import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.MediaTypes;
import dev.persona.server.platform.Page;
import dev.persona.server.platform.PageRequest;
import dev.persona.server.platform.PolicyException;
import dev.persona.server.platform.Shown;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.NavigableMap;
import java.util.SortedSet;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The mapping of persona groups to personas over HTTP; a group exists while a persona is in it. */
@Path("/persona-groups")
@Produces({MediaTypes.JSON, MediaTypes.YAML, MediaTypes.X_YAML, MediaTypes.TEXT_YAML})
@Tag(name = "Persona groups", description = "Which personas instances are subject to through which tag")
public class PersonaGroupResource {
    private final Personas personas;

    PersonaGroupResource(Personas personas) {
        this.personas = personas;
    }

    /** A persona group. */
    @RegisterForReflection
    public record PersonaGroup(String personaGroup, SortedSet<String> personaIds) {}

    @GET
    @Operation(operationId = "listPersonaGroups", summary = "List persona groups in order of name")
    @APIResponse(
            responseCode = "200",
            description = "One page of groups",
            content = @Content(schema = @Schema(type = SchemaType.ARRAY, implementation = PersonaGroup.class)))
    @APIResponse(responseCode = "400", ref = PersonaOpenApi.PROBLEM)
    public Response list(
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("cursor") @Nullable String cursor,
            @Context UriInfo request) {
        PageRequest wanted = PageRequest.read(limit, cursor);
        NavigableMap<String, SortedSet<String>> groups = personas.groups();
        NavigableMap<String, SortedSet<String>> following =
                wanted.after().map(name -> groups.tailMap(name, false)).orElse(groups);
        return Page.of(
                        following.entrySet().stream().map(group -> new PersonaGroup(group.getKey(), group.getValue())),
                        wanted,
                        PersonaGroup::personaGroup)
                .respond(request);
    }

    @GET
    @Path("/{group}")
    @Operation(operationId = "readPersonaGroup", summary = "Read which personas are in a group")
    @APIResponse(
            responseCode = "200",
            description = "The group",
            content = @Content(schema = @Schema(implementation = PersonaGroup.class)))
    @APIResponse(responseCode = "404", ref = PersonaOpenApi.PROBLEM)
    public PersonaGroup read(@PathParam("group") String group) {
        SortedSet<String> ids = personas.groups().get(group);
        if (ids == null) {
            throw new PolicyException(ErrorCode.NOT_FOUND, "no persona is in group `" + Shown.text(group) + "`");
        }
        return new PersonaGroup(group, ids);
    }

    @PUT
    @Path("/{group}/personas/{persona_id}")
    @Operation(
            operationId = "joinPersonaGroup",
            summary = "Put a persona into a group",
            description = "The persona gets a new revision unless it is in the group already.")
    @APIResponse(responseCode = "204", description = "The persona is in the group")
    @APIResponse(responseCode = "400", ref = PersonaOpenApi.PROBLEM)
    @APIResponse(responseCode = "404", ref = PersonaOpenApi.PROBLEM)
    public void join(@PathParam("group") String group, @PathParam("persona_id") String personaId) {
        personas.join(group, personaId);
    }

    @DELETE
    @Path("/{group}/personas/{persona_id}")
    @Operation(operationId = "leavePersonaGroup", summary = "Take a persona out of a group")
    @APIResponse(responseCode = "204", description = "The persona is no longer in the group")
    @APIResponse(responseCode = "404", ref = PersonaOpenApi.PROBLEM)
    public void leave(@PathParam("group") String group, @PathParam("persona_id") String personaId) {
        personas.leave(group, personaId);
    }
}
