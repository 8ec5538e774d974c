package dev.persona.server.rule;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.persona.server.persona.Persona;
import dev.persona.server.persona.PersonaSource;
import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.PolicyException;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The rule that a persona compiles to, as text. */
@Path("/personas/{persona_id}/rules")
@Tag(name = "Personas")
public class PersonaRulesResource {
    private final PersonaSource personas;

    PersonaRulesResource(PersonaSource personas) {
        this.personas = personas;
    }

    /** A persona's rule. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record PersonaRules(String personaId, long revision, String drl) {}

    @GET
    @Produces(MediaType.TEXT_PLAIN)
    @Operation(
            operationId = "readPersonaRules",
            summary = "Read the rule that a persona compiles to",
            description = "The DRL with comments; as JSON by `Accept: application/json`.")
    @APIResponse(responseCode = "200", description = "The rule, which decides exactly as the one that runs")
    @APIResponse(responseCode = "404", description = "There is no such persona")
    public String text(@PathParam("persona_id") String personaId) {
        return PersonaRule.text(persona(personaId));
    }

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(hidden = true)
    public PersonaRules json(@PathParam("persona_id") String personaId) {
        Persona persona = persona(personaId);
        return new PersonaRules(personaId, persona.revision(), PersonaRule.text(persona));
    }

    private Persona persona(String personaId) {
        return personas.personas().stream()
                .filter(persona -> persona.personaId().equals(personaId))
                .findFirst()
                .orElseThrow(() -> new PolicyException(ErrorCode.NOT_FOUND, "there is no persona `" + personaId + "`"));
    }
}
