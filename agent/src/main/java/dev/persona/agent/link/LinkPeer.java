package dev.persona.agent.link;

import dev.persona.agent.protocol.AgentMessage;
import dev.persona.agent.protocol.ServerMessage;

/** The rest of the agent, as the link sees it; called on an event loop, so it must answer at once. */
public interface LinkPeer {

    /** Who this agent is and what stands on it, for a new connection. */
    AgentMessage.Hello hello();

    /** The pins and the hold as they stand. */
    AgentMessage.Orders orders();

    /** Takes a message that is complete and well-formed. */
    void received(ServerMessage message);
}
