package dev.persona.agent.api;

import dev.persona.agent.protocol.AgentMessage;

/** Hears of every order that was given over the local API, so that the server is told and the timers are set anew. */
public interface OrderListener {

    /** An order has been carried out, as far as the acknowledgement says; must not block. */
    void ordered(AgentMessage.Acknowledgement acknowledgement);
}
