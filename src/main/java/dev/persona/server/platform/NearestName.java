package dev.persona.server.platform;

import java.util.Collection;
import java.util.Optional;

/**
 * The known name that somebody probably meant: the one with the smallest Levenshtein distance, if that is small, or one
 * that begins like it.
 */
public final class NearestName {
    private static final int LONGEST = 256;

    private NearestName() {}

    /** The nearest of the known names, about a third of its letters away at most; the first where several are as near. */
    public static Optional<String> to(String wanted, Collection<String> known) {
        if (wanted.length() > LONGEST) {
            return Optional.empty();
        }
        String nearest = "";
        int smallest = Integer.MAX_VALUE;
        for (String name : known) {
            int distance = name.length() <= LONGEST ? distance(wanted, name) : LONGEST;
            boolean near = distance <= (name.length() <= 3 ? 1 : Math.max(2, name.length() / 3));
            boolean abbreviated = name.startsWith(wanted) && wanted.length() >= name.length() / 2;
            if ((near || abbreviated) && distance < smallest) {
                smallest = distance;
                nearest = name;
            }
        }
        return nearest.isEmpty() ? Optional.empty() : Optional.of(nearest);
    }

    private static int distance(String left, String right) {
        int[] above = new int[right.length() + 1];
        int[] row = new int[right.length() + 1];
        for (int j = 0; j <= right.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= left.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= right.length(); j++) {
                int replaced = above[j - 1] + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(above[j], row[j - 1]) + 1);
            }
            int[] spare = above;
            above = row;
            row = spare;
        }
        return above[right.length()];
    }
}
