package dev.persona.server.agentapi;

import java.util.concurrent.CompletionStage;

/** The other end of an agent's connection. */
interface Peer {

    /** Sends a text frame; completes when it is written, which takes as long as the agent takes to read. */
    CompletionStage<Void> send(String text);

    /** Closes the connection; {@link AgentSession#closed} follows. */
    void close(CloseCode code, String reason);
}
