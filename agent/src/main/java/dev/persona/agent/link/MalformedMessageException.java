package dev.persona.agent.link;

/** A frame from the server that is no message, and why. */
final class MalformedMessageException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedMessageException(String message) {
        super(message);
    }
}
