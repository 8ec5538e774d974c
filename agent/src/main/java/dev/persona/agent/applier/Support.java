package dev.persona.agent.applier;

import java.util.Optional;

/** Whether this host has a parameter. */
public sealed interface Support {

    /** The parameter can be read, applied and restored here. */
    record Supported() implements Support {}

    /** @param reason why not, and where there is one the remedy; for people */
    record NotSupported(String reason) implements Support {}

    /** Supported, unless there is a reason against it. */
    static Support unless(Optional<String> reason) {
        return reason.isPresent() ? new NotSupported(reason.get()) : new Supported();
    }
}
