package dev.persona.server.analysis;

import dev.persona.server.trigger.Trigger.Leaf;
import dev.persona.server.trigger.Trigger.Schedule;
import dev.persona.server.trigger.Truth;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The truths that some schedules have together, as the engine's own windows say.
 *
 * @param schedules each once
 * @param from where it begins
 */
record Calendar(List<Schedule> schedules, Instant from) {
    /** How far is looked ahead: at least one 29 February lies in between (but around 2100). */
    static final Duration HORIZON = Duration.ofDays(5 * 366);

    /** What it costs to find out that windows overlap so long that no change is in sight. */
    private static final int FRUITLESS = 500;

    /** Takes each combination of truths, with the first instant at which it is the case. */
    interface Visitor {
        /** Answers whether to go on. */
        boolean visit(Map<Leaf, Truth> truths, Instant at);
    }

    /**
     * Shows all combinations that there are until the horizon.
     *
     * @param steps at most so many changes are looked at
     * @return whether there are no others: neither the visitor nor the bounds have cut it short
     */
    boolean walk(int steps, Budget budget, Visitor visitor) {
        Instant end = from.plus(HORIZON);
        Instant at = from;
        Instant[] changes = new Instant[schedules.size()];
        BitSet open = new BitSet();
        Set<BitSet> seen = new HashSet<>();
        for (int step = 0; step < steps && budget.take(); step++) {
            Instant next = Instant.MAX;
            for (int i = 0; i < changes.length; i++) {
                if (changes[i] == null || !at.isBefore(changes[i])) {
                    boolean isOpen = schedules.get(i).windows().openAt(at);
                    boolean isFruitless = changes[i] != null && isOpen == open.get(i);
                    if (isFruitless && !budget.take(FRUITLESS)) {
                        return false;
                    }
                    open.set(i, isOpen);
                    changes[i] = schedules.get(i).windows().nextChange(at).orElse(Instant.MAX);
                }
                next = changes[i].isBefore(next) ? changes[i] : next;
            }
            if (!seen.contains(open)) {
                seen.add((BitSet) open.clone());
                if (!visitor.visit(truths(open), at)) {
                    return false;
                }
            }
            if (next.isAfter(end)) {
                return true;
            }
            at = next;
        }
        return false;
    }

    private Map<Leaf, Truth> truths(BitSet open) {
        Map<Leaf, Truth> truths = new HashMap<>();
        for (int i = 0; i < schedules.size(); i++) {
            truths.put(schedules.get(i), Truth.of(open.get(i)));
        }
        return truths;
    }
}
