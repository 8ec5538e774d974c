package dev.persona.server.decision;

import java.time.Instant;
import java.util.Optional;

/**
 * How a persona stands on an instance by itself, whatever is pinned or held.
 *
 * @param since when it became active; absent while it is inactive
 * @param source what made it active, TRIGGER or RULE
 * @param ended when it last ended; absent if it never did
 */
record Tenure(Optional<Instant> since, Decision.Source source, Optional<Instant> ended) {
    static final Tenure NEVER = new Tenure(Optional.empty(), Decision.Source.TRIGGER, Optional.empty());

    boolean active() {
        return since.isPresent();
    }

    Tenure begun(Instant at, Decision.Source by) {
        return new Tenure(Optional.of(at), by, ended);
    }

    Tenure ended(Instant at) {
        return new Tenure(Optional.empty(), source, Optional.of(at));
    }
}
