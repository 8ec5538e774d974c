package dev.persona.server.instance;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.server.platform.ApiConfig;
import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.Faults;
import dev.persona.server.platform.MediaTypes;
import dev.persona.server.platform.Page;
import dev.persona.server.platform.PageRequest;
import dev.persona.server.platform.PolicyException;
import dev.persona.server.platform.Revision;
import dev.persona.server.platform.Shown;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.SortedSet;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** {@code /instances}: the fleet, and the tags that tie its instances to persona groups. */
@Path("/instances")
@Produces(MediaTypes.JSON)
@Tag(name = "instances")
public class InstanceResource {
    private final Instances instances;
    private final Standing.Standings standings;
    private final ApiConfig api;

    InstanceResource(Instances instances, Standing.Standings standings, ApiConfig api) {
        this.instances = instances;
        this.standings = standings;
        this.api = api;
    }

    /** The tags of an instance, by who set them; {@code effective} is the union, and counts. */
    record TagsView(Tags agent, Tags server, Tags effective) {
        static TagsView of(Instance instance) {
            return new TagsView(instance.agentTags(), instance.serverTags(), instance.tags());
        }
    }

    /** An instance as it is shown. */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    record InstanceView(
            String instanceId,
            String liveness,
            Optional<Instant> lastHeardAt,
            Instant registeredAt,
            Optional<String> hostname,
            Optional<String> agentVersion,
            SortedSet<String> personaGroups,
            TagsView tags,
            @JsonUnwrapped Standing standing) {}

    @GET
    @Operation(summary = "List instances in order of id", description = "Pages follow each other by the `Link` header.")
    @APIResponse(responseCode = "200", description = "One page")
    @APIResponse(responseCode = "400", description = "A query parameter is wrong")
    public Response list(
            @QueryParam("group") @Nullable String group,
            @QueryParam("liveness") @Nullable String liveness,
            @QueryParam("tag") @Nullable String tag,
            @QueryParam("text") @Nullable String text,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("cursor") @Nullable String cursor,
            @Context UriInfo request) {
        PageRequest page = PageRequest.read(limit, cursor);
        InstanceFilter filter = new InstanceFilter(
                Optional.ofNullable(group),
                Optional.ofNullable(liveness).map(InstanceResource::readLiveness),
                Optional.ofNullable(tag),
                Optional.ofNullable(text));
        return Page.of(instances.list(filter, page.after().orElse("")), page, seen -> seen.instance()
                        .instanceId())
                .map(this::view)
                .respond(request);
    }

    @GET
    @Path("/{instance_id}")
    @Operation(summary = "Read an instance")
    @APIResponse(responseCode = "200", description = "Its tags, its liveness, what is active and what became of it")
    @APIResponse(responseCode = "404", description = "It is not registered")
    public InstanceView read(@PathParam("instance_id") String instanceId) {
        return view(instances.see(instanceId));
    }

    @DELETE
    @Path("/{instance_id}")
    @Operation(
            summary = "Delete an instance with its decisions and history",
            description = "A connected instance can't be deleted: it would register again without its tags.")
    @APIResponse(responseCode = "204", description = "Deleted")
    @APIResponse(responseCode = "404", description = "It is not registered")
    @APIResponse(responseCode = "409", description = "It is connected")
    public void delete(@PathParam("instance_id") String instanceId) {
        instances.remove(instanceId);
    }

    @GET
    @Path("/{instance_id}/tags")
    @Operation(summary = "Read an instance's tags")
    @APIResponse(responseCode = "200", description = "The `ETag` is the revision of the server's tags")
    @APIResponse(responseCode = "404", description = "It is not registered")
    public Response readTags(@PathParam("instance_id") String instanceId) {
        Instance instance = instances.require(instanceId);
        return tags(Response.ok(), instance);
    }

    @PUT
    @Path("/{instance_id}/tags")
    @Consumes({MediaTypes.JSON, MediaTypes.YAML, MediaTypes.X_YAML, MediaTypes.TEXT_YAML})
    @Operation(
            summary = "Replace the server's tags of an instance",
            description =
                    "An object of strings or arrays of strings: `{\"persona_group\": [\"db\"], \"site\": \"fra\"}`."
                            + " The agent's own tags stay as they are. An instance that is not known is registered.")
    @APIResponse(responseCode = "200", description = "Replaced")
    @APIResponse(responseCode = "201", description = "The instance was not known, and is registered with these tags")
    @APIResponse(responseCode = "412", description = "The tags have changed since")
    @APIResponse(responseCode = "422", description = "Faults, each with its JSON pointer")
    public Response replaceTags(
            @PathParam("instance_id") String instanceId,
            @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch,
            JsonNode body) {
        requireId(instanceId);
        Faults faults = new Faults();
        Tags tags = Tags.read(body, "", faults).orElse(Tags.NONE);
        faults.throwIfAny("tags of instance `" + instanceId + "`: the document");
        Revision.Expected expected = Revision.ifMatch(ifMatch, api.requireIfMatch());
        boolean known = instances.find(instanceId).isPresent();
        Instance instance = instances.retag(instanceId, tags, expected);
        return tags(known ? Response.ok() : Response.status(Response.Status.CREATED), instance);
    }

    /** @throws PolicyException INVALID_REQUEST if the text can't be an instance id */
    public static void requireId(String text) {
        if (!Instance.isId(text)) {
            throw new PolicyException(
                    ErrorCode.INVALID_REQUEST,
                    "`" + Shown.text(text) + "` is no instance id; it must be " + Instance.ID_RULE);
        }
    }

    private static Response tags(Response.ResponseBuilder response, Instance instance) {
        return response.entity(TagsView.of(instance))
                .header(HttpHeaders.ETAG, Revision.tag(instance.tagsRevision()))
                .build();
    }

    private InstanceView view(Instances.Seen seen) {
        Instance instance = seen.instance();
        return new InstanceView(
                instance.instanceId(),
                seen.liveness().word(),
                seen.lastHeardAt(),
                instance.registeredAt(),
                instance.agent().map(Instance.Agent::hostname),
                instance.agent().map(Instance.Agent::agentVersion),
                instance.personaGroups(),
                TagsView.of(instance),
                standings.of(instance.instanceId()));
    }

    private static Liveness readLiveness(String word) {
        return Arrays.stream(Liveness.values())
                .filter(liveness -> liveness.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new PolicyException(
                        ErrorCode.INVALID_REQUEST,
                        "query parameter `liveness` must be `connected`, `stale` or `gone`, but is `" + Shown.text(word)
                                + "`"));
    }
}
