package dev.persona.server.persona;

import dev.persona.server.platform.Faults;

/** A further check of a persona before it is saved, by a package that this one may not import (does it compile?). */
public interface PersonaCheck {

    /** Adds what is wrong; the persona has passed all checks of this package. */
    void check(Persona persona, Faults faults);
}
