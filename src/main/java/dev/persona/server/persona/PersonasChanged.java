package dev.persona.server.persona;

import java.util.Set;

/**
 * Told (as a CDI event, after the change is stored and {@link PersonaSource} shows it) when personas were created, changed
 * or deleted.
 *
 * @param groups every group that one of them is or was in
 */
public record PersonasChanged(Set<String> groups) {
    public PersonasChanged {
        groups = Set.copyOf(groups);
    }
}
