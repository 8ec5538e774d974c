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
    Runnable whileSaving = () -> {};
    List<State> lastSaved = List.of();

    @Override
    public List<State> all() {
        return List.copyOf(states.values());
    }

    @Override
    public synchronized void save(List<State> saved, List<HistoryEntry> entries) {
        if (failing) {
            throw new PolicyException(ErrorCode.EXTERNAL_FAILURE, "the database is away");
        }
        whileSaving.run();
        lastSaved = saved;
        saved.forEach(state -> states.merge(state.instanceId(), state, RememberingStore::latest));
        history.addAll(entries);
        saves++;
    }

    private static State latest(State before, State saved) {
        return new State(
                saved.instanceId(),
                false,
                saved.at(),
                saved.eventNumber(),
                saved.snapshot().or(before::snapshot),
                saved.latest(),
                saved.lastApply());
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
