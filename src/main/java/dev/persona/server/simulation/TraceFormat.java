package dev.persona.server.simulation;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** How a recorded trace is written. */
enum TraceFormat {
    /** A line that names the columns, then one line for each instant; see {@link CsvTrace}. */
    CSV,
    /** A JSON object in each line; see {@link JsonLinesTrace}. */
    NDJSON,
    /** What Prometheus answers to a range query; see {@link PrometheusTrace}. */
    PROMETHEUS;

    static final String NAMES =
            Arrays.stream(values()).map(TraceFormat::toString).collect(Collectors.joining("`, `", "`", "`"));

    static Optional<TraceFormat> of(String name) {
        return Arrays.stream(values())
                .filter(format -> format.toString().equals(name))
                .findFirst();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
