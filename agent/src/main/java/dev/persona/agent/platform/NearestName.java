package dev.persona.agent.platform;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The known name that somebody probably meant: the one with the smallest Levenshtein distance, if that is small. */
public final class NearestName {
    private static final int LONGEST = 256;

    private NearestName() {}

    /** The nearest of the known names, about a third of its letters away at most; the first where several are as near. */
    public static Optional<String> to(String wanted, Collection<String> known) {
        record Candidate(String name, int distance) {}
        return wanted.length() > LONGEST
                ? Optional.empty()
                : known.stream()
                        .map(name -> new Candidate(name, distance(wanted, name)))
                        .filter(each -> each.distance <= Math.max(2, each.name.length() / 3))
                        .min(Comparator.comparingInt(Candidate::distance))
                        .map(Candidate::name);
    }

    private static int distance(String left, String right) {
        int[] above = new int[right.length() + 1];
        for (int column = 0; column <= right.length(); column++) {
            above[column] = column;
        }
        for (int line = 1; line <= left.length(); line++) {
            int[] row = new int[right.length() + 1];
            row[0] = line;
            for (int column = 1; column <= right.length(); column++) {
                int replaced = above[column - 1] + (left.charAt(line - 1) == right.charAt(column - 1) ? 0 : 1);
                row[column] = Math.min(replaced, Math.min(above[column], row[column - 1]) + 1);
            }
            above = row;
        }
        return above[right.length()];
    }
}
