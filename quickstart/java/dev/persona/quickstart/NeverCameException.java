package dev.persona.quickstart;

/** Something that was waited for did not come in time. */
public final class NeverCameException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    NeverCameException(String message) {
        super(message);
    }
}
