package dev.persona.agent.activation;

import dev.persona.agent.protocol.AgentMessage;
import java.util.List;

/** What became of an order to make a persona active by hand. */
public sealed interface PinOutcome {

    /** The pin stands; the acknowledgement says which of its parameters are in force. */
    record Pinned(AgentMessage.Acknowledgement acknowledgement) implements PinOutcome {}

    /**
     * No such persona applies to this host, as far as the server has told.
     *
     * @param known ids of the personas that do, sorted
     */
    record UnknownPersona(List<String> known) implements PinOutcome {
        public UnknownPersona {
            known = List.copyOf(known);
        }
    }

    /** As many pins stand as this agent keeps; end one first. */
    record TooManyPins(int limit) implements PinOutcome {}

    /** The host is held by a rollback; resume it first. */
    record Held(AgentMessage.Hold hold) implements PinOutcome {}

    /** The persona could not be applied: the host is what it was before, and the pin does not stand. */
    record Failed(AgentMessage.Acknowledgement acknowledgement) implements PinOutcome {}
}
