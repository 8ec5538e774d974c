package dev.persona.server.agentapi;

/** Carries out what agents say. */
interface AgentDesk {

    /**
     * Takes a frame of a session.
     *
     * @throws dev.persona.server.platform.PolicyException if the frame is refused, with one fault or none
     */
    void take(AgentSession session, String frame);
}
