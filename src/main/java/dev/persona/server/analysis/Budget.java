package dev.persona.server.analysis;

/** The work that one analysis may do, counted in small steps of about a microsecond. */
final class Budget {
    private int left;

    Budget(int steps) {
        left = steps;
    }

    /** Takes a step; answers whether there was one left. */
    boolean take() {
        return take(1);
    }

    boolean take(int steps) {
        boolean enough = left >= steps;
        left = Math.max(0, left - steps);
        return enough;
    }

    boolean isSpent() {
        return left == 0;
    }
}
