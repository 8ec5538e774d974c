package dev.persona.agent.loop;

import dev.persona.agent.activation.Enforcement;
import dev.persona.agent.link.Link;
import dev.persona.agent.link.LinkConfig;
import dev.persona.agent.platform.AgentConfig;
import dev.persona.agent.platform.Identity;
import dev.persona.agent.platform.SecurityConfig;
import dev.persona.agent.sensor.MetricsConfig;
import dev.persona.agent.sensor.Sensor;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.http.HttpServerStart;
import io.quarkus.vertx.http.HttpsServerStart;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Puts the parts together; the parts themselves know nothing of CDI. */
@Singleton
final class Wiring {
    private final AtomicBoolean started = new AtomicBoolean();

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
            MetricsConfig metrics,
            InstantSource clock) {
        return new Loop(
                Sensor.ofThisHost(metrics, clock)::measure, link, enforcement, identity, version, config, clock);
    }

    /** Makes all parts, so that what is wrong with their configuration ends the start. */
    void make(@Observes StartupEvent event, Loop loop) {}

    /** Not before the local API has its port: an agent that can't be spoken to must not touch the host. */
    void start(@ObservesAsync HttpServerStart event, Loop loop) {
        startOnce(loop);
    }

    void start(@ObservesAsync HttpsServerStart event, Loop loop) {
        startOnce(loop);
    }

    void stop(@Observes ShutdownEvent event, Loop loop) {
        if (started.get()) {
            loop.stop();
        }
    }

    private void startOnce(Loop loop) {
        if (started.compareAndSet(false, true)) {
            loop.start();
        }
    }
}
