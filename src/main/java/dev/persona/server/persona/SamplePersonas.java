package dev.persona.server.persona;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.quarkus.arc.profile.IfBuildProfile;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** Personas to play with: stored when the server starts in dev mode and has none. */
@ApplicationScoped
@IfBuildProfile("dev")
public class SamplePersonas {
    static final List<String> NAMES = List.of("db-high-performance", "night-low-power", "lockdown-on-alert");

    private final Personas personas;

    SamplePersonas(Personas personas) {
        this.personas = personas;
    }

    void onStart(@Observes StartupEvent event) {
        if (personas.isEmpty()) {
            NAMES.forEach(name -> personas.create(read(name), false));
        }
    }

    static JsonNode read(String name) {
        try (InputStream sample = SamplePersonas.class.getResourceAsStream("/samples/" + name + ".yaml")) {
            return new YAMLMapper().readTree(sample);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
