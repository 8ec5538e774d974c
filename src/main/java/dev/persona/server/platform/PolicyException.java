package dev.persona.server.platform;

import java.util.List;

/**
 * A request that can't be carried out, and why.
 *
 * <p>Expected outcomes are results, not exceptions; this one ends a request and becomes a problem response in one place.
 */
public final class PolicyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final transient List<Fault> faults;

    /**
     * @param message names the thing in backticks and the remedy; shown to the caller
     */
    public PolicyException(ErrorCode code, String message) {
        this(code, message, List.of());
    }

    /**
     * @param faults every fault of the document that was refused
     */
    public PolicyException(ErrorCode code, String message, List<Fault> faults) {
        super(message);
        this.code = code;
        this.faults = List.copyOf(faults);
    }

    public ErrorCode code() {
        return code;
    }

    public List<Fault> faults() {
        return faults;
    }
}
