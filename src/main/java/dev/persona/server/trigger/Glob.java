package dev.persona.server.trigger;

/**
 * A pattern in which {@code *} stands for any characters, {@code ?} for one, and all others for themselves.
 *
 * <p>Matching is linear in the length of pattern times text and never backtracks exponentially.
 */
public record Glob(String pattern) {

    /** Whether the whole text fits the pattern, case-sensitively. */
    public boolean matches(String text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int resume = 0;
        while (t < text.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                resume = t;
            } else if (p < pattern.length() && (pattern.charAt(p) == '?' || pattern.charAt(p) == text.charAt(t))) {
                p++;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++resume;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }

    @Override
    public String toString() {
        return pattern;
    }
}
