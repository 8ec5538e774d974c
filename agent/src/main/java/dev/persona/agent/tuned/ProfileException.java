package dev.persona.agent.tuned;

/** A TuneD profile that can't be read; the message names it in backticks and says why. */
public final class ProfileException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ProfileException(String message) {
        super(message);
    }
}
