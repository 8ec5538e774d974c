package dev.persona.server.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A metric's values over time in short: {@code 0.9x12 -x3 0.2} is twelve times 0.9, three times nothing, once 0.2.
 */
final class ValueSequence {
    /** How many values one sequence may have. */
    static final int LIMIT = 100_000;

    private static final Pattern PART =
            Pattern.compile("(-|[+-]?[0-9]{1,15}(?:\\.[0-9]{1,15})?(?:[eE][+-]?[0-9]{1,2})?)(?:x([0-9]{1,6}))?");

    private ValueSequence() {}

    /**
     * @return one element for each step, empty where nothing is reported
     * @throws IllegalArgumentException if the text is none or longer than {@value #LIMIT} values
     */
    static List<OptionalDouble> parse(String text) {
        List<OptionalDouble> values = new ArrayList<>();
        for (String part : text.strip().split("\\s+")) {
            Matcher matcher = PART.matcher(part);
            if (!matcher.matches()) {
                throw new IllegalArgumentException("must be values such as `0.9x12 -x3 0.2`, but has `" + part + "`");
            }
            int count = matcher.group(2) == null ? 1 : Integer.parseInt(matcher.group(2));
            if (values.size() + count > LIMIT) {
                throw new IllegalArgumentException("has more than " + LIMIT + " values; shorten it");
            }
            OptionalDouble value = matcher.group(1).equals("-")
                    ? OptionalDouble.empty()
                    : OptionalDouble.of(Double.parseDouble(matcher.group(1)));
            for (int i = 0; i < count; i++) {
                values.add(value);
            }
        }
        return values;
    }
}
