package dev.persona.server.simulation;

import dev.persona.server.platform.Shown;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A metric's values over time in short: {@code 0.9x12 -x3 0.2} is twelve times 0.9, three times nothing, once 0.2. A
 * single value is there at every step.
 */
final class ValueSequence {
    /** How many values one sequence may have. */
    static final int LIMIT = 100_000;

    private static final Pattern PART =
            Pattern.compile("(-|[+-]?[0-9]{1,15}(?:\\.[0-9]{1,15})?(?:[eE][+-]?[0-9]{1,2})?)(?:x([1-9][0-9]{0,5}))?");

    /** Each value by the step from which on it is there. */
    private final NavigableMap<Integer, OptionalDouble> from = new TreeMap<>();

    private int size;

    private ValueSequence() {}

    static ValueSequence of(double value) {
        ValueSequence sequence = new ValueSequence();
        sequence.add(OptionalDouble.of(value), 1);
        return sequence;
    }

    /** @throws IllegalArgumentException if the text is none or longer than {@value #LIMIT} values */
    static ValueSequence parse(String text) {
        ValueSequence sequence = new ValueSequence();
        for (String part : text.strip().split("\\s+")) {
            Matcher matcher = PART.matcher(part);
            if (!matcher.matches()) {
                throw new IllegalArgumentException(
                        "must be values such as `0.9x12 -x3 0.2`, but has `" + Shown.text(part) + "`");
            }
            int count = matcher.group(2) == null ? 1 : Integer.parseInt(matcher.group(2));
            if (sequence.size + count > LIMIT) {
                throw new IllegalArgumentException("has more than " + LIMIT + " values; shorten it");
            }
            sequence.add(
                    matcher.group(1).equals("-")
                            ? OptionalDouble.empty()
                            : OptionalDouble.of(Double.parseDouble(matcher.group(1))),
                    count);
        }
        return sequence;
    }

    int size() {
        return size;
    }

    /** The value at a step, 0 or more; empty where nothing is reported. */
    OptionalDouble at(int step) {
        if (size == 1) {
            return from.firstEntry().getValue();
        }
        Map.Entry<Integer, OptionalDouble> part = from.floorEntry(step);
        return step < size ? part.getValue() : OptionalDouble.empty();
    }

    private void add(OptionalDouble value, int count) {
        from.put(size, value);
        size += count;
    }
}
