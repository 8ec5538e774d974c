package dev.persona.server.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.server.decision.Input;
import dev.persona.server.persona.Persona;
import dev.persona.server.rule.RuleDocument;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A story of one instance: its personas, what happens when, and what is expected of the decisions.
 *
 * @param groups the persona groups that the instance is in at first
 * @param staleAfter how long a reported value holds
 * @param rules the custom rules that take part; absent for those in force
 * @param until not before the last happening
 * @param happenings by instant; those of one instant in order of the document
 * @param trace of what was recorded, if the story has something that was
 */
public record Scenario(
        String instanceId,
        Set<String> groups,
        Duration staleAfter,
        List<Persona> personas,
        Optional<List<RuleDocument>> rules,
        Instant start,
        Instant until,
        SortedMap<Instant, List<Happening>> happenings,
        List<Expectation> expectations,
        Optional<Trace> trace) {

    public Scenario {
        groups = Set.copyOf(groups);
        personas = List.copyOf(personas);
        rules = rules.map(List::copyOf);
        happenings = Collections.unmodifiableSortedMap(new TreeMap<>(happenings));
        expectations = List.copyOf(expectations);
    }

    /** One thing that happens. */
    public sealed interface Happening {

        /** The instance reports, or an event reaches it. */
        record Observed(Input input) implements Happening {}

        /** A persona is created or changed. */
        record Saved(Persona persona) implements Happening {}

        record Deleted(String personaId) implements Happening {}

        /** The instance's tags change. */
        record Tagged(Set<String> groups) implements Happening {
            public Tagged {
                groups = Set.copyOf(groups);
            }
        }

        record Pinned(Input.Pin pin) implements Happening {}

        record Unpinned(String personaId) implements Happening {}

        /** A hold begins; with a rollback all pins are dropped. */
        record Held(Input.Hold hold, boolean rollback) implements Happening {}

        record Resumed() implements Happening {}
    }

    /**
     * One thing that the decision in force at an instant is expected to say, the inputs of that instant included.
     *
     * @param pointer where it stands in the document
     */
    public record Expectation(Instant at, String pointer, Subject subject, JsonNode value) {

        /** What an expectation is about. */
        public enum Subject {
            /** The active personas, in any order. */
            ACTIVE,
            /** Some parameters' values; null for one that is not set. */
            CONFIGURATION,
            /** The conflicts, all of them. */
            CONFLICTS,
            /** Some active personas' sources. */
            SOURCES,
            /** Since when some personas have been active: time from the start. */
            SINCE,
            /** Words in the reason for which some personas changed with this decision. */
            REASONS,
            /** Whether the instance is held. */
            HELD,
            /** The metrics that are not reported. */
            STALE
        }
    }
}
