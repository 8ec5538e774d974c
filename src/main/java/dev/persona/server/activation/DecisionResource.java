package dev.persona.server.activation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.server.decision.Decision;
import dev.persona.server.decision.Explanation;
import dev.persona.server.instance.InstanceResource;
import dev.persona.server.instance.Instances;
import dev.persona.server.instance.Tags;
import dev.persona.server.journal.Journal;
import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.Faults;
import dev.persona.server.platform.JsonFields;
import dev.persona.server.platform.MediaTypes;
import dev.persona.server.platform.Page;
import dev.persona.server.platform.PageRequest;
import dev.persona.server.platform.PolicyException;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.time.Instant;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Reports of an instance, and what follows from them: {@code /instances/{instance_id}/...}. */
@Path("/instances")
@Produces(MediaTypes.JSON)
@Tag(name = "instances")
public class DecisionResource {
    private final Fleet fleet;
    private final PastExplanations past;
    private final Instances instances;
    private final ReportLimits limits;
    private final Journal journal;

    DecisionResource(Fleet fleet, PastExplanations past, Instances instances, ReportLimits limits, Journal journal) {
        this.fleet = fleet;
        this.past = past;
        this.instances = instances;
        this.limits = limits;
        this.journal = journal;
    }

    @POST
    @Path("/{instance_id}/reports")
    @Consumes({MediaTypes.JSON, MediaTypes.YAML, MediaTypes.X_YAML, MediaTypes.TEXT_YAML})
    @Operation(
            summary = "Report measurements of an instance",
            description = "For curl and third-party collectors; agents report over their own connection. `metrics` by"
                    + " name, optionally `users` (names, or objects with `name` and `groups`) and `tags`. An instance"
                    + " that is not known is registered.")
    @APIResponse(responseCode = "200", description = "The decision in force after the report")
    @APIResponse(responseCode = "422", description = "Faults, each with its JSON pointer")
    @APIResponse(responseCode = "429", description = "Too many reports of this instance, or too many instances")
    public Decision report(@PathParam("instance_id") String instanceId, JsonNode body) {
        InstanceResource.requireId(instanceId);
        Faults faults = new Faults();
        Optional<JsonFields> fields = JsonFields.of(body, "", faults);
        Optional<Report> report = fields.map(Report::read);
        Optional<Tags> tags =
                fields.flatMap(document -> document.node("tags")).flatMap(node -> Tags.read(node, "/tags", faults));
        fields.ifPresent(JsonFields::refuseUnknown);
        faults.throwIfAny("the report");
        if (instances.find(instanceId).isPresent()) {
            limits.take(instanceId);
        }
        instances.heard(instanceId, Optional.empty(), tags);
        return fleet.report(instanceId, report.orElseThrow());
    }

    @GET
    @Path("/{instance_id}/decision")
    @Operation(summary = "Read the decision in force")
    @APIResponse(responseCode = "200", description = "What is active, the configuration, conflicts and reasons")
    @APIResponse(responseCode = "404", description = "The instance is not registered")
    public Decision decision(@PathParam("instance_id") String instanceId) {
        return fleet.decision(instanceId);
    }

    @GET
    @Path("/{instance_id}/explanation")
    @Operation(
            summary = "Explain why each persona is active or not",
            description = "As of now, or of a past instant (`at`) of which a recording is kept.")
    @APIResponse(responseCode = "200", description = "Trigger by trigger, with the facts seen")
    @APIResponse(responseCode = "400", description = "`at` is no RFC 3339 time, or in the future")
    @APIResponse(responseCode = "404", description = "The instance is not registered, or `at` is not recorded")
    public Explanation explanation(
            @PathParam("instance_id") String instanceId,
            @QueryParam("at") @Parameter(description = "An RFC 3339 time") @Nullable String at) {
        return at == null ? fleet.explanation(instanceId) : past.explanation(instanceId, at);
    }

    /** An entry of the history as it is shown. */
    record HistoryView(Instant at, String kind, JsonNode detail) {}

    @GET
    @Path("/{instance_id}/history")
    @Operation(
            summary = "Read what happened, newest first",
            description = "Pages follow each other by the `Link` header.")
    @APIResponse(responseCode = "200", description = "One page: decisions, acknowledgements, orders, connections, tags")
    @APIResponse(responseCode = "404", description = "The instance is not registered")
    public Response history(
            @PathParam("instance_id") String instanceId,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("cursor") @Nullable String cursor,
            @Context UriInfo request) {
        PageRequest page = PageRequest.read(limit, cursor);
        fleet.flush(instanceId);
        long before = page.after().map(DecisionResource::readNumber).orElse(Long.MAX_VALUE);
        return Page.of(
                        journal.newestFirst(instanceId, before, page.limit() + 1).stream(),
                        page,
                        numbered -> Long.toString(numbered.number()))
                .map(numbered -> new HistoryView(
                        numbered.entry().at(),
                        numbered.entry().kind().word(),
                        numbered.entry().detail()))
                .respond(request);
    }

    private static long readNumber(String cursor) {
        try {
            return Long.parseLong(cursor);
        } catch (NumberFormatException e) {
            throw new PolicyException(
                    ErrorCode.INVALID_REQUEST, "query parameter `cursor` must be that of a `Link` header of this list");
        }
    }
}
