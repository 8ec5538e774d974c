package dev.persona.agent.sensor;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads Prometheus' <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">text format</a>, version 0.0.4.
 *
 * <p>A metric's labels become part of its name, {@code queue_length{host=a,queue=mail}}: sorted, and without quotes. Time
 * stamps are passed over, buckets of histograms left out. What is written twice counts once, the first.
 *
 * <p>A text with a line that can't be read gives nothing. What is in it is never repeated in a message, because it may be a
 * file that was never meant to be seen.
 */
final class PrometheusText {
    private static final int MOST_LINES = 20_000;
    private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*+(?=[ \\t{]|$)");
    private static final Pattern LABEL = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*+");
    private static final Pattern NUMBER = Pattern.compile("[+-]?(\\d++\\.?\\d*+|\\.\\d++)([eE][+-]?\\d++)?");
    private static final Pattern NO_NUMBER = Pattern.compile("(?i)nan|[+-]?inf(inity)?");
    private static final Pattern WORD = Pattern.compile("[^ \\t]++");
    private static final Pattern TIME = Pattern.compile("-?\\d++");

    private final Map<String, String> types = new HashMap<>();
    private final SortedMap<String, Sample> samples = new TreeMap<>();

    /**
     * One value of one moment.
     *
     * @param value may be NaN or infinite
     * @param isCounter whether it only grows, but for resets
     */
    record Sample(double value, boolean isCounter) {}

    private PrometheusText() {}

    /**
     * The samples by name.
     *
     * @throws IllegalArgumentException if a line can't be read, with its number
     */
    static SortedMap<String, Sample> read(String text) {
        List<String> lines = text.lines().limit(MOST_LINES + 1L).toList();
        if (lines.size() > MOST_LINES) {
            throw new IllegalArgumentException("it has more than " + MOST_LINES + " lines");
        }
        PrometheusText read = new PrometheusText();
        for (int i = 0; i < lines.size(); i++) {
            try {
                read.line(lines.get(i).strip());
            } catch (IllegalArgumentException malformed) {
                throw new IllegalArgumentException(
                        "line " + (i + 1) + " is not Prometheus' text format: " + malformed.getMessage());
            }
        }
        return read.samples;
    }

    private void line(String line) {
        if (line.startsWith("#")) {
            String[] words = line.split("[ \\t]+", 5);
            if (words.length == 4 && words[1].equals("TYPE")) {
                types.put(words[2], words[3]);
            }
        } else if (!line.isEmpty()) {
            sample(new Cursor(line));
        }
    }

    private void sample(Cursor line) {
        String name = line.take(NAME, "the name of a metric");
        SortedMap<String, String> labels = line.skip('{') ? labels(line) : new TreeMap<>();
        String value = line.take(WORD, "a number");
        if (!line.isAtEnd()) {
            line.take(TIME, "a time stamp");
        }
        if (!line.isAtEnd()) {
            throw line.expected("nothing");
        }
        if (!isBucket(name)) {
            String shown = labels.isEmpty()
                    ? name
                    : labels.entrySet().stream()
                            .map(label -> label.getKey() + "=" + label.getValue())
                            .collect(Collectors.joining(",", name + "{", "}"));
            samples.putIfAbsent(MetricName.of(shown), new Sample(number(value), isCounter(name)));
        }
    }

    private static SortedMap<String, String> labels(Cursor line) {
        SortedMap<String, String> labels = new TreeMap<>();
        while (!line.skip('}')) {
            String label = line.take(LABEL, "the name of a label or `}`");
            line.require('=');
            line.require('"');
            labels.put(label, line.quoted());
            if (!line.skip(',') && !line.isAt('}')) {
                throw line.expected("`,` or `}`");
            }
        }
        return labels;
    }

    private static double number(String text) {
        if (NO_NUMBER.matcher(text).matches()) {
            return Double.NaN;
        }
        if (!NUMBER.matcher(text).matches()) {
            throw new IllegalArgumentException("the value must be a number");
        }
        return Double.parseDouble(text);
    }

    private boolean isBucket(String name) {
        return isPartOf(name, "_bucket", "histogram");
    }

    private boolean isCounter(String name) {
        return "counter".equals(types.get(name))
                || isPartOf(name, "_total", "counter")
                || List.of("_sum", "_count").stream()
                        .anyMatch(part -> isPartOf(name, part, "histogram") || isPartOf(name, part, "summary"));
    }

    private boolean isPartOf(String name, String part, String type) {
        return name.endsWith(part) && type.equals(types.get(name.substring(0, name.length() - part.length())));
    }
}
