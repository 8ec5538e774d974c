package dev.persona.server.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.persona.server.persona.PersonaReader;
import dev.persona.server.persona.PersonaSource;
import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.MediaTypes;
import dev.persona.server.platform.PolicyException;
import dev.persona.server.rule.PolicyLibrary;
import dev.persona.server.rule.RuleSource;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.InputStream;
import java.util.List;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Simulations over HTTP: of a scenario, or of a trace that stands for itself; answered when they have ended, or told while they run. */
@Path("/simulations")
@Produces({MediaTypes.JSON, MediaTypes.YAML, MediaTypes.X_YAML, MediaTypes.TEXT_YAML})
@Consumes({MediaTypes.JSON, MediaTypes.YAML, MediaTypes.X_YAML, MediaTypes.TEXT_YAML})
@Tag(name = "Simulations", description = "Stories of one instance, run through the engine on a turned clock")
public class SimulationResource {
    private final ScenarioReader reader;
    private final PolicyLibrary policies;
    private final SimulationSlots slots;
    private final ObjectMapper json;

    SimulationResource(
            PersonaReader personas,
            PersonaSource stored,
            RuleSource rules,
            PolicyLibrary policies,
            SimulationSlots slots,
            ObjectMapper json) {
        this.reader = new ScenarioReader(personas, stored, rules);
        this.policies = policies;
        this.slots = slots;
        this.json = json;
    }

    @POST
    @Operation(
            operationId = "simulate",
            summary = "Run a scenario, or a recorded trace",
            description =
                    "Nothing is stored, and no instance is touched. A scenario may have a recorded trace in it; a trace"
                            + " as CSV or JSON lines may also be sent as it is, and then the query parameters say whose story it"
                            + " is. With `Accept: " + MediaTypes.NDJSON + "` each decision is sent when it is made.")
    @Parameter(
            name = "persona_ids",
            in = ParameterIn.QUERY,
            description = "With a trace: the stored personas, with commas between them",
            schema = @Schema(type = SchemaType.STRING))
    @Parameter(
            name = "persona_group",
            in = ParameterIn.QUERY,
            description =
                    "With a trace: the persona group that the instance is in; all groups of the personas by default",
            schema = @Schema(type = SchemaType.STRING))
    @RequestBody(
            required = true,
            content = {
                @Content(
                        mediaType = MediaTypes.JSON,
                        examples = {
                            @ExampleObject(name = "scenario", value = SimulationExamples.SCENARIO),
                            @ExampleObject(name = "trace", value = SimulationExamples.TRACED)
                        }),
                @Content(
                        mediaType = MediaTypes.CSV,
                        examples = @ExampleObject(name = "trace", value = SimulationExamples.CSV)),
                @Content(
                        mediaType = MediaTypes.NDJSON,
                        examples = @ExampleObject(name = "trace", value = SimulationExamples.NDJSON))
            })
    @APIResponse(
            responseCode = "200",
            description = "The decisions over time, which expectations were not met, and what each persona did",
            content = {
                @Content(
                        mediaType = MediaTypes.JSON,
                        schema = @Schema(implementation = SimulationAnswer.class),
                        examples = @ExampleObject(name = "answer", value = SimulationExamples.ANSWER)),
                @Content(
                        mediaType = MediaTypes.NDJSON,
                        examples = @ExampleObject(name = "stream", value = SimulationExamples.STREAM))
            })
    @APIResponse(responseCode = "400", ref = SimulationExamples.PROBLEM)
    @APIResponse(responseCode = "413", description = "The story takes too many instants or decisions")
    @APIResponse(responseCode = "422", description = "The scenario or the trace has faults; all are listed")
    @APIResponse(responseCode = "429", description = "As many simulations run as may at once")
    public SimulationAnswer simulate(JsonNode document, @Context RoutingContext exchange) {
        Runnable stillWanted = slots.take(exchange);
        return Simulation.run(reader.read(document), policies.customRules(), stillWanted);
    }

    @POST
    @Produces(MediaTypes.NDJSON)
    @Operation(hidden = true)
    public StreamingOutput stream(JsonNode document, @Context RoutingContext exchange) {
        Runnable stillWanted = slots.take(exchange);
        return new SimulationStream(reader.read(document), policies.customRules(), stillWanted, json);
    }

    @POST
    @Consumes({MediaTypes.CSV, MediaTypes.NDJSON})
    @Operation(hidden = true)
    public SimulationAnswer simulateTrace(
            InputStream trace,
            @HeaderParam("Content-Type") String contentType,
            @QueryParam("persona_ids") @Nullable String personaIds,
            @QueryParam("persona_group") @Nullable String group,
            @Context RoutingContext exchange) {
        Runnable stillWanted = slots.take(exchange);
        return Simulation.run(scenario(trace, contentType, personaIds, group), policies.customRules(), stillWanted);
    }

    @POST
    @Consumes({MediaTypes.CSV, MediaTypes.NDJSON})
    @Produces(MediaTypes.NDJSON)
    @Operation(hidden = true)
    public StreamingOutput streamTrace(
            InputStream trace,
            @HeaderParam("Content-Type") String contentType,
            @QueryParam("persona_ids") @Nullable String personaIds,
            @QueryParam("persona_group") @Nullable String group,
            @Context RoutingContext exchange) {
        Runnable stillWanted = slots.take(exchange);
        return new SimulationStream(
                scenario(trace, contentType, personaIds, group), policies.customRules(), stillWanted, json);
    }

    private Scenario scenario(
            InputStream trace, String contentType, @Nullable String personaIds, @Nullable String group) {
        if (personaIds == null) {
            throw new PolicyException(
                    ErrorCode.INVALID_REQUEST,
                    "query parameter `persona_ids` is missing; name the stored personas whose story the trace is to be,"
                            + " with commas between them");
        }
        TraceFormat format = contentType.startsWith(MediaTypes.CSV) ? TraceFormat.CSV : TraceFormat.NDJSON;
        return reader.read(format, trace, List.of(personaIds.split(",")), group == null ? Set.of() : Set.of(group));
    }
}
