package dev.persona.server.rule;

import dev.persona.server.persona.Persona;
import dev.persona.server.persona.PersonaCheck;
import dev.persona.server.platform.Faults;
import jakarta.inject.Singleton;
import java.util.List;
import org.jboss.logging.Logger;

/** Proves before a persona is saved that it compiles. */
@Singleton
public class PersonaCompiles implements PersonaCheck {
    private static final Logger LOG = Logger.getLogger(PersonaCompiles.class);

    @Override
    public void check(Persona persona, Faults faults) {
        try {
            Policy.compile(persona.personaGroups(), List.of(persona), List.of());
        } catch (RuntimeException e) {
            LOG.errorf(e, "a persona can't be compiled: persona=%s", persona.personaId());
            faults.add("", "can't be compiled into a rule: " + e.getMessage());
        }
    }
}
