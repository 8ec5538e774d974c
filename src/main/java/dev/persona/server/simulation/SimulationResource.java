package dev.persona.server.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.server.persona.PersonaReader;
import dev.persona.server.persona.PersonaSource;
import dev.persona.server.platform.MediaTypes;
import dev.persona.server.rule.PolicyLibrary;
import dev.persona.server.rule.RuleSource;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Simulations over HTTP. */
@Path("/simulations")
@Produces({MediaTypes.JSON, MediaTypes.YAML, MediaTypes.X_YAML, MediaTypes.TEXT_YAML})
@Consumes({MediaTypes.JSON, MediaTypes.YAML, MediaTypes.X_YAML, MediaTypes.TEXT_YAML})
@Tag(name = "Simulations", description = "Stories of one instance, run through the engine on a turned clock")
public class SimulationResource {
    private final ScenarioReader reader;
    private final PolicyLibrary policies;

    SimulationResource(PersonaReader personas, PersonaSource stored, RuleSource rules, PolicyLibrary policies) {
        this.reader = new ScenarioReader(personas, stored, rules);
        this.policies = policies;
    }

    @POST
    @Operation(
            operationId = "simulate",
            summary = "Run a scenario",
            description = "Nothing is stored, and no instance is touched.")
    @APIResponse(responseCode = "200", description = "The decisions over time, and which expectations were not met")
    @APIResponse(responseCode = "413", description = "The story takes too many instants or decisions")
    @APIResponse(responseCode = "422", description = "The scenario has faults; all are listed")
    public SimulationAnswer simulate(JsonNode document) {
        return Simulation.run(reader.read(document), policies.customRules());
    }
}
