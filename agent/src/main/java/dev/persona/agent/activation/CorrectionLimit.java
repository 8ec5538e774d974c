package dev.persona.agent.activation;

import java.time.Duration;

/**
 * How often one parameter is set again at most.
 *
 * @param corrections at least 1
 * @param within in any time of this length; positive
 */
public record CorrectionLimit(int corrections, Duration within) {

    public CorrectionLimit {
        if (corrections < 1 || within.isNegative() || within.isZero()) {
            throw new IllegalArgumentException("no limit: " + corrections + " within " + within);
        }
    }
}
