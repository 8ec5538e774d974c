package dev.persona.server.instance;

import java.util.Locale;

/** Whether an instance is heard of. */
public enum Liveness {
    /** Its agent's connection is open, or it was heard of less than {@code stale-after} ago. */
    CONNECTED,
    /** Not heard of for {@code stale-after}. */
    STALE,
    /** Not heard of for {@code gone-after}. */
    GONE;

    /** The name in documents: lower case. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
