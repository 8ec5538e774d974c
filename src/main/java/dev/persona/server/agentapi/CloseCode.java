package dev.persona.server.agentapi;

/** Why the server closes an agent's connection: WebSocket close codes of the range for applications (RFC 6455, 7.4.2). */
enum CloseCode {
    /** Another connection said hello for the same instance; if that is another host, two agents share an instance id. */
    REPLACED(4001),
    /** The first frame was no good hello, or didn't come in time. */
    NO_HELLO(4002),
    /** The agent speaks a version of the protocol that this server doesn't. */
    PROTOCOL(4003),
    /** Too many frames in a row were refused, or frames came faster than they can be worked off. */
    REFUSED(4004),
    /** Nothing was heard, not even an answer to a ping. */
    IDLE(4005),
    /** The instance was deleted; the agent may register it again. */
    REMOVED(4006),
    /** The server can't take the instance for now: a limit is reached, or its database fails. */
    UNAVAILABLE(4007);

    private final int code;

    CloseCode(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
