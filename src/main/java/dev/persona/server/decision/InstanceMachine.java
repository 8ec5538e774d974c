package dev.persona.server.decision;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.server.rule.Policy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One instance's state over time: inputs go in, decisions come out. Pure: the same policy, inputs and instants give the
 * same decisions, whenever and wherever it runs. Not thread-safe: its owner passes inputs one batch at a time.
 */
public final class InstanceMachine {

    /**
     * @param staleAfter how long a metric's value holds without a new report; longer than zero
     * @param snapshot what {@link #snapshot()} gave before a restart; empty for a new instance
     * @param now where a new instance begins; not before the snapshot's last instant
     */
    public InstanceMachine(
            String instanceId, Duration staleAfter, Policy policy, Optional<JsonNode> snapshot, Instant now) {
        throw new UnsupportedOperationException();
    }

    /**
     * Moves the clock to an instant: acts on every deadline before it, each at its own instant, then takes the inputs
     * of that instant together and decides once.
     *
     * @param at later than any instant passed before
     * @return the decisions that differ from their predecessors, in order of time
     */
    public List<Decision> advance(Instant at, List<Input> inputs) {
        throw new UnsupportedOperationException();
    }

    /** The next instant at which something may change by time alone. */
    public Optional<Instant> nextDeadline() {
        throw new UnsupportedOperationException();
    }

    /** The decision in force. */
    public Decision decision() {
        throw new UnsupportedOperationException();
    }

    /** Everything that must survive a restart, as JSON. */
    public JsonNode snapshot() {
        throw new UnsupportedOperationException();
    }

    /** Counts the changes that must survive a restart; equal numbers mean that a stored snapshot is still good but for samples. */
    public long durableChanges() {
        throw new UnsupportedOperationException();
    }
}
