package dev.persona.server.persona;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.server.trigger.Trigger;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A named configuration, the triggers by which it begins and ends, and its priority.
 *
 * @param personaId 1-64 of {@code a-z 0-9 . _ -}
 * @param personaGroups the groups through which instances are subject to this persona
 * @param priority higher wins; equal priorities go to the id that sorts first
 * @param configurationParameters values as their author wrote them, by parameter name
 * @param activationTriggers one of them must be true; none means that only a pin or a custom rule activates
 * @param deactivationTriggers if there are any, one of them must be true for the persona to end
 * @param minimumActive once active, it stays so long at least; zero or more
 * @param cooldown once ended, it stays inactive so long at least; zero or more
 * @param revision 1 for a new persona, one more with each change
 */
public record Persona(
        String personaId,
        String personaName,
        String description,
        SortedSet<String> personaGroups,
        int priority,
        boolean enabled,
        SortedMap<String, JsonNode> configurationParameters,
        List<Trigger> activationTriggers,
        List<Trigger> deactivationTriggers,
        Duration minimumActive,
        Duration cooldown,
        long revision,
        Instant createdAt,
        Instant updatedAt) {

    /** The order in which personas win: priority descending, then id ascending. */
    public static final Comparator<Persona> BY_RANK =
            Comparator.comparingInt(Persona::priority).reversed().thenComparing(Persona::personaId);

    public Persona {
        personaGroups = Collections.unmodifiableSortedSet(new TreeSet<>(personaGroups));
        configurationParameters = Collections.unmodifiableSortedMap(new TreeMap<>(configurationParameters));
        activationTriggers = List.copyOf(activationTriggers);
        deactivationTriggers = List.copyOf(deactivationTriggers);
    }

    /** The same persona at a revision. */
    public Persona at(long revision, Instant createdAt, Instant updatedAt) {
        return new Persona(
                personaId,
                personaName,
                description,
                personaGroups,
                priority,
                enabled,
                configurationParameters,
                activationTriggers,
                deactivationTriggers,
                minimumActive,
                cooldown,
                revision,
                createdAt,
                updatedAt);
    }

    /** Whether an instance with these groups is subject to this persona: it is enabled and shares a group. */
    public boolean appliesTo(Set<String> groups) {
        return enabled && personaGroups.stream().anyMatch(groups::contains);
    }
}
