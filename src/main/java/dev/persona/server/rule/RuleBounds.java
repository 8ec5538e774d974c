package dev.persona.server.rule;

import java.time.Duration;

/**
 * How much one rule document may take in one pass; beyond, it fails as a whole.
 *
 * <p>Facts and comparisons are known before anything is matched, and with the matches decide alike on every machine. The
 * time is the last resort, looked at between matches.
 *
 * @param facts how many facts the document may look at
 * @param comparisons how many comparisons with facts and pairs of facts its rules may have to make, counted as if nothing
 *     but keys narrowed a pattern; a long condition counts for several
 * @param matches how often its rules may fire, together
 * @param time how long matching and firing may take
 */
public record RuleBounds(int facts, long comparisons, int matches, Duration time) {
    public static final RuleBounds USUAL = new RuleBounds(5_000, 1_000_000, 10_000, Duration.ofSeconds(1));
}
