package dev.persona.server.persona;

import java.util.List;

/** Where the rule compiler gets the personas from: the store of the server, or the documents of a simulation. */
public interface PersonaSource {

    /** All personas as of now, enabled or not, in order of id. */
    List<Persona> personas();
}
