package dev.persona.agent.api;

import java.util.List;

/** A request that can't be carried out, and why; it becomes a problem response in one place. */
final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final transient List<Fault> faults;

    /** @param message names the thing in backticks and the remedy; shown to the caller */
    RefusedException(ErrorCode code, String message) {
        this(code, message, List.of());
    }

    /** @param faults everything that is wrong */
    RefusedException(ErrorCode code, String message, List<Fault> faults) {
        super(message);
        this.code = code;
        this.faults = List.copyOf(faults);
    }

    ErrorCode code() {
        return code;
    }

    List<Fault> faults() {
        return faults;
    }
}
