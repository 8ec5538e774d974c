package dev.persona.agent.loop;

import dev.persona.agent.activation.Enforcement;
import dev.persona.agent.link.Link;
import dev.persona.agent.link.LinkConfig;
import dev.persona.agent.platform.AgentConfig;
import dev.persona.agent.platform.Identity;
import dev.persona.agent.platform.SecurityConfig;
import dev.persona.agent.sensor.Sensor;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Puts the parts together; the parts themselves know nothing of CDI. */
@Singleton
final class Wiring {

    @Produces
    @Singleton
    Identity identity(AgentConfig config) {
        return Identity.of(config, Path.of("/"));
    }

    @Produces
    @Singleton
    Link link(Vertx vertx, LinkConfig config, SecurityConfig security, InstantSource clock) {
        return new Link(vertx, config, security.allowRemote(), clock, new SecureRandom());
    }

    @Produces
    @Singleton
    Loop loop(
            Link link,
            Enforcement enforcement,
            Identity identity,
            @ConfigProperty(name = "quarkus.application.version") String version,
            AgentConfig config,
            InstantSource clock) {
        return new Loop(Sensor.ofThisHost(clock)::measure, link, enforcement, identity, version, config, clock);
    }

    void start(@Observes StartupEvent event, Loop loop) {
        loop.start();
    }

    void stop(@Observes ShutdownEvent event, Loop loop) {
        loop.stop();
    }
}
