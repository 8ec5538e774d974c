package dev.persona.server.analysis;

import dev.persona.server.parameter.ParameterCatalogue;
import dev.persona.server.persona.Persona;
import dev.persona.server.persona.PersonaAnalysis;
import dev.persona.server.persona.PersonaWarning;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.List;

/** Analyses personas when they are saved. */
@Singleton
public class PersonaReviewer implements PersonaAnalysis {
    private final ParameterCatalogue catalogue;
    private final InstantSource clock;

    PersonaReviewer(ParameterCatalogue catalogue, InstantSource clock) {
        this.catalogue = catalogue;
        this.clock = clock;
    }

    @Override
    public List<PersonaWarning> warnings(Persona persona, List<Persona> others) {
        return new Analysis(catalogue, persona, others, clock.instant()).warnings();
    }
}
