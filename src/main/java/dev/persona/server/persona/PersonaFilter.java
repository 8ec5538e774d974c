package dev.persona.server.persona;

import java.util.Locale;
import java.util.Optional;

/**
 * Which personas a caller wants to see.
 *
 * @param text found in id, name or description, whatever its case
 */
record PersonaFilter(Optional<String> group, Optional<Boolean> enabled, Optional<String> text) {

    boolean matches(StoredPersona persona) {
        return group.map(persona.groups()::contains).orElse(true)
                && enabled.map(wanted -> wanted == persona.enabled()).orElse(true)
                && text.map(wanted -> contains(persona, wanted)).orElse(true);
    }

    private static boolean contains(StoredPersona persona, String text) {
        String searched = persona.personaId() + "\n"
                + persona.document().path("persona_name").asText() + "\n"
                + persona.document().path("description").asText();
        return searched.toLowerCase(Locale.ROOT).contains(text.toLowerCase(Locale.ROOT));
    }
}
