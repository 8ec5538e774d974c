package dev.persona.server.rulebook;

import java.time.Instant;
import java.util.Optional;

/**
 * Why a rule document isn't in force.
 *
 * @param since when it was stopped
 * @param failure what stopped it; absent if somebody has disabled it
 */
record RuleStop(Instant since, Optional<Failed> failure) {

    /** A rule document stopped for failing, as long as its text has this digest. */
    record Failed(String digest, RuleFailure last) {}

    /** Whether it holds for a text: another text than the one that failed begins anew. */
    boolean holdsFor(String digest) {
        return failure.map(failed -> failed.digest().equals(digest)).orElse(true);
    }
}
