package dev.persona.server.persona;

import java.util.List;

/** Looks for what an author hardly means, by a package that this one may not import. */
public interface PersonaAnalysis {

    /**
     * What is to be said of a persona.
     *
     * @param others the personas that it lives with
     */
    List<PersonaWarning> warnings(Persona persona, List<Persona> others);
}
