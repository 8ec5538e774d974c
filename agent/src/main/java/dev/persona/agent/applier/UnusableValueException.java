package dev.persona.agent.applier;

import java.io.IOException;

/** A value that its parameter can't take; nothing was changed on the host. */
public final class UnusableValueException extends IOException {
    private static final long serialVersionUID = 1L;

    /** @param expected what the parameter takes, as in "a whole number 1..10000" */
    public UnusableValueException(String parameter, String value, String expected) {
        super("`" + parameter + "` takes " + expected + ", not `" + value + "`");
    }
}
