package dev.persona.server.activation;

import dev.persona.server.decision.Recording;
import dev.persona.server.journal.HistoryEntry;
import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.PolicyException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A store that outlives fleets, and fails when a test wants. */
final class RememberingStore implements MachineStore {
    final Map<String, State> states = new TreeMap<>();
    final List<HistoryEntry> history = new ArrayList<>();
    final List<Recording> recordings = new ArrayList<>();
    long eventsTaken;
    int saves;
    boolean failing;

    @Override
    public List<State> all() {
        return List.copyOf(states.values());
    }

    @Override
    public void add(State state, List<HistoryEntry> entries) {
        save(List.of(state), entries);
    }

    @Override
    public synchronized void save(List<State> saved, List<HistoryEntry> entries) {
        if (failing) {
            throw new PolicyException(ErrorCode.EXTERNAL_FAILURE, "the database is away");
        }
        saved.forEach(state -> states.put(state.instanceId(), state));
        history.addAll(entries);
        saves++;
    }

    @Override
    public void record(List<Recording> pieces) {
        if (failing) {
            throw new PolicyException(ErrorCode.EXTERNAL_FAILURE, "the database is away");
        }
        recordings.addAll(pieces);
    }

    @Override
    public Optional<Recording> recording(String instanceId, Instant at) {
        return recordings.stream()
                .filter(piece -> piece.instanceId().equals(instanceId) && piece.covers(at))
                .findFirst();
    }

    @Override
    public void eventsTaken(long upToNumber) {
        eventsTaken = upToNumber;
    }

    List<HistoryEntry> history(String instanceId, HistoryEntry.Kind kind) {
        return history.stream()
                .filter(entry -> entry.instanceId().equals(instanceId) && entry.kind() == kind)
                .toList();
    }
}
