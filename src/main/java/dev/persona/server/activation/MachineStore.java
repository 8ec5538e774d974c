package dev.persona.server.activation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.server.decision.Recording;
import dev.persona.server.journal.HistoryEntry;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Keeps the machines of all instances, so that a restart goes on where it stopped, and recordings of their past. */
interface MachineStore {

    /**
     * A machine as it is stored.
     *
     * @param at the last instant that the machine has passed
     * @param eventNumber of the last event that the machine has taken
     * @param lastApply the latest acknowledgement of the instance's agent; absent before the first
     */
    record State(String instanceId, Instant at, long eventNumber, JsonNode snapshot, Optional<JsonNode> lastApply) {}

    List<State> all();

    /** Stores a machine that is not stored yet, and its first history, in one transaction. */
    void add(State state, List<HistoryEntry> entries);

    /** Stores machines, and what happened to them, in one transaction; those deleted meanwhile are left out. */
    void save(List<State> states, List<HistoryEntry> entries);

    /** Stores recordings, of which those of an instance follow one another in time. */
    void record(List<Recording> recordings);

    /** The stored recording that speaks of an instant. */
    Optional<Recording> recording(String instanceId, Instant at);

    /** Notes that all events up to a number were taken by every machine that they address, and these are stored. */
    void eventsTaken(long upToNumber);
}
