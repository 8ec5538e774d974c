package dev.persona.agent.api;

import dev.persona.agent.activation.Enforcement;
import dev.persona.agent.link.Link;
import dev.persona.agent.platform.Identity;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** How this agent and its host stand. */
@Path("/status")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
public class StatusResource {
    private final Identity identity;
    private final String version;
    private final Link link;
    private final Enforcement enforcement;

    StatusResource(
            Identity identity,
            @ConfigProperty(name = "quarkus.application.version") String version,
            Link link,
            Enforcement enforcement) {
        this.identity = identity;
        this.version = version;
        this.link = link;
        this.enforcement = enforcement;
    }

    @GET
    public AgentStatus status() {
        return new AgentStatus(
                identity.instanceId(),
                version,
                link.connection(),
                enforcement.status().withWarnings(link.warnings()));
    }
}
