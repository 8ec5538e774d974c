package dev.persona.agent.activation;

import dev.persona.agent.protocol.AgentMessage.Acknowledgement;
import dev.persona.agent.protocol.AgentMessage.Orders;
import dev.persona.agent.protocol.ServerMessage.Decision;
import dev.persona.agent.protocol.ServerMessage.PersonaDefinition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Keeps the host at what the last decision and the orders given on this host (pins, hold) say; alone, when the server
 * is away.
 *
 * <p>Thread-safe: one call at a time works on the host, the others wait. {@link #status()}, {@link #active()}, {@link
 * #original()}, {@link #orders()} and {@link #nextExpiry()} never wait: they show the host as the last call left it.
 */
public final class Enforcement {
    /** Pins that may stand at one time. */
    public static final int MAX_PINS = 32;

    /** Characters in the name of who gave an order. */
    public static final int MAX_BY_LENGTH = 100;

    /** Characters in the reason of an order. */
    public static final int MAX_REASON_LENGTH = 500;

    /** The longest pin or hold that ends by itself. */
    public static final Duration MAX_DURATION = Duration.ofDays(3_660);

    /** After a start: brings the host to the remembered decision and orders, or else to its original configuration. */
    public Acknowledgement recover() {
        throw new UnsupportedOperationException();
    }

    /**
     * Remembers the personas that may be pinned here; pins of others end.
     *
     * @return what became of the host, empty if no pin was concerned
     */
    public Optional<Acknowledgement> remember(List<PersonaDefinition> personas) {
        throw new UnsupportedOperationException();
    }

    /** Remembers a decision durably and brings the host to it, with the orders laid over. */
    public Acknowledgement enforce(Decision decision) {
        throw new UnsupportedOperationException();
    }

    /**
     * Makes a persona active regardless of its triggers; renews it if it is pinned already.
     *
     * @param by at most {@link #MAX_BY_LENGTH} characters
     * @param reason at most {@link #MAX_REASON_LENGTH} characters
     * @param duration positive, at most {@link #MAX_DURATION}; empty means until unpinned
     * @throws IllegalArgumentException if an argument is out of bounds, with a message for its giver
     */
    public PinOutcome pin(String personaId, String by, String reason, Optional<Duration> duration) {
        throw new UnsupportedOperationException();
    }

    /** Ends a pin; empty if the persona was not pinned. */
    public Optional<Acknowledgement> unpin(String personaId) {
        throw new UnsupportedOperationException();
    }

    /**
     * Restores the original configuration, drops all pins and holds the host; the acknowledgement's outcome is {@code
     * failed} if something could not be restored. Arguments as with {@link #pin}.
     */
    public Acknowledgement rollback(String by, String reason, Optional<Duration> duration) {
        throw new UnsupportedOperationException();
    }

    /** Ends the hold, and the host returns to the decision; empty if it was not held. */
    public Optional<Acknowledgement> resume() {
        throw new UnsupportedOperationException();
    }

    /** Ends pins and holds whose time is up; empty if there were none. */
    public Optional<Acknowledgement> expire() {
        throw new UnsupportedOperationException();
    }

    /** When the next pin or hold ends by itself. */
    public Optional<Instant> nextExpiry() {
        throw new UnsupportedOperationException();
    }

    /** Looks at the host and says which parameters in force others have changed; changes nothing. */
    public List<Drift> verify() {
        throw new UnsupportedOperationException();
    }

    /** The pins and the hold as they stand. */
    public Orders orders() {
        throw new UnsupportedOperationException();
    }

    /** The decision that the host runs. */
    public Optional<Long> revisionInForce() {
        throw new UnsupportedOperationException();
    }

    public EnforcementStatus status() {
        throw new UnsupportedOperationException();
    }

    public ActivePersonas active() {
        throw new UnsupportedOperationException();
    }

    /** The journal, oldest first. */
    public List<OriginalValue> original() {
        throw new UnsupportedOperationException();
    }
}
