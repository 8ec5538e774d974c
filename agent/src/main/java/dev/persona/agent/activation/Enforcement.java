package dev.persona.agent.activation;

import dev.persona.agent.protocol.AgentMessage;
import dev.persona.agent.protocol.ServerMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Keeps the host at what the last decision and the orders given on this host (pins, hold) say; alone, when the server
 * is away. Thread-safe: one call at a time works on the host, the others wait.
 */
public final class Enforcement {

    /** After a start: brings the host to the remembered decision and orders, or to its original configuration. */
    public AgentMessage.Acknowledgement recover() {
        throw new UnsupportedOperationException();
    }

    /** Remembers the personas that may be pinned here. */
    public void remember(List<ServerMessage.PersonaDefinition> personas) {
        throw new UnsupportedOperationException();
    }

    /** Remembers a decision durably and brings the host to it, with the orders laid over. */
    public AgentMessage.Acknowledgement enforce(ServerMessage.Decision decision) {
        throw new UnsupportedOperationException();
    }

    /**
     * Makes a persona active regardless of its triggers.
     *
     * @param duration how long; empty means until unpinned
     * @return false if no such persona applies to this host
     */
    public boolean pin(String personaId, String by, String reason, Optional<Duration> duration) {
        throw new UnsupportedOperationException();
    }

    /** @return false if the persona was not pinned */
    public boolean unpin(String personaId) {
        throw new UnsupportedOperationException();
    }

    /** Restores the original configuration, drops all pins and holds the host. */
    public AgentMessage.Acknowledgement rollback(String by, String reason, Optional<Duration> duration) {
        throw new UnsupportedOperationException();
    }

    /** Ends a hold; the host returns to the decision. */
    public void resume() {
        throw new UnsupportedOperationException();
    }

    /** The pins and the hold as they stand. */
    public AgentMessage.Orders orders() {
        throw new UnsupportedOperationException();
    }

    /** When the next pin or hold ends by itself. */
    public Optional<Instant> nextExpiry() {
        throw new UnsupportedOperationException();
    }

    /** Ends pins and holds whose time is up; true if there were any. */
    public boolean expire() {
        throw new UnsupportedOperationException();
    }
}
