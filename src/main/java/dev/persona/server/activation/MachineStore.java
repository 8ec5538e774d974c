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
     * @param isNew whether nothing of it is stored yet
     * @param at the last instant that the machine has passed
     * @param eventNumber of the last event that the machine has taken
     * @param snapshot of the machine; absent if that stored is still good, together with {@code latest}
     * @param latest what of the snapshot may have changed with any report
     * @param lastApply the latest acknowledgement of the instance's agent; absent before the first
     */
    record State(
            String instanceId,
            boolean isNew,
            Instant at,
            long eventNumber,
            Optional<JsonNode> snapshot,
            JsonNode latest,
            Optional<JsonNode> lastApply) {}

    /** All machines, each with its snapshot. */
    List<State> all();

    /** Stores machines, and what happened to them, in one transaction; those deleted meanwhile are left out. */
    void save(List<State> states, List<HistoryEntry> entries);

    /** Stores recordings, of which those of an instance follow one another in time. */
    void record(List<Recording> recordings);

    /** The stored recording that speaks of an instant. */
    Optional<Recording> recording(String instanceId, Instant at);

    /** Notes that all events up to a number were taken by every machine that they address, and these are stored. */
    void eventsTaken(long upToNumber);
}
