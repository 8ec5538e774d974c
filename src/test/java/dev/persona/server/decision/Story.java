package dev.persona.server.decision;

import dev.persona.server.persona.Persona;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/** What happened to one instance: the input of both the engine and its oracle. Instants and durations are whole seconds. */
record Story(Duration staleAfter, Subject subject, Instant start, Instant until, SortedMap<Instant, Batch> batches) {

    /** The groups that the instance is in, and all personas there are. */
    record Subject(Set<String> groups, List<Persona> personas) {}

    /** Everything that happens at one instant; inputs are metrics, users and events. */
    record Batch(Optional<Subject> subject, Optional<Input.StandingOrders> orders, List<Input> inputs) {}
}
