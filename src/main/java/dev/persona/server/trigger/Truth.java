package dev.persona.server.trigger;

import com.fasterxml.jackson.annotation.JsonProperty;

/** A truth value of Kleene's three-valued logic, in ascending order. */
public enum Truth {
    @JsonProperty("false")
    FALSE,
    @JsonProperty("unknown")
    UNKNOWN,
    @JsonProperty("true")
    TRUE;

    public static Truth of(boolean truth) {
        return truth ? TRUE : FALSE;
    }

    /** True when both are true, false when one is false, else unknown: the lesser of both. */
    public Truth and(Truth other) {
        return compareTo(other) <= 0 ? this : other;
    }

    /** True when one is true, false when both are false, else unknown: the greater of both. */
    public Truth or(Truth other) {
        return compareTo(other) >= 0 ? this : other;
    }

    public Truth not() {
        return switch (this) {
            case FALSE -> TRUE;
            case UNKNOWN -> UNKNOWN;
            case TRUE -> FALSE;
        };
    }
}
