package dev.persona.server.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.server.platform.Shown;
import dev.persona.server.simulation.TraceReader.Place;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A trace as Prometheus answers {@code /api/v1/query_range}: a matrix, each of whose series becomes a metric.
 *
 * <p>A series is called by its {@code __name__}, unless a name is given for it, in which {@code {label}} stands for the value
 * of a label. What Prometheus says besides is passed over.
 */
final class PrometheusTrace {
    private static final Pattern LABEL = Pattern.compile("\\{([a-zA-Z_][a-zA-Z0-9_]*)}");
    private static final String OWN_NAME = "{__name__}";
    private static final String RESULT = "/data/result";

    private final TraceReader trace;
    private final String metric;
    private final Map<String, Integer> seriesByName = new HashMap<>();

    /** @param metric the name to give to series */
    PrometheusTrace(TraceReader trace, Optional<String> metric) {
        this.trace = trace;
        this.metric = metric.orElse(OWN_NAME);
    }

    void read(JsonNode answer) {
        String status = answer.path("status").asText();
        String type = answer.at("/data/resultType").asText();
        JsonNode result = answer.at(RESULT);
        if (!status.equals("success")) {
            String error = answer.path("error").asText();
            trace.end(
                    Place.at("/status"),
                    "must be `success`, but is `" + Shown.text(status) + "`"
                            + (error.isEmpty() ? "" : ": " + Shown.text(error)));
        } else if (!type.equals("matrix")) {
            trace.end(
                    Place.at("/data/resultType"),
                    "must be `matrix`, as `/api/v1/query_range` answers, but is `" + Shown.text(type) + "`");
        } else if (!result.isArray()) {
            trace.end(Place.at(RESULT), "must be an array of series");
        }
        for (int i = 0; i < result.size() && !trace.ended(); i++) {
            series(i, result.get(i));
        }
    }

    private void series(int index, JsonNode series) {
        String pointer = RESULT + "/" + index;
        Optional<String> name = name(pointer + "/metric", series.path("metric"));
        Integer namesake =
                name.map(known -> seriesByName.putIfAbsent(known, index)).orElse(null);
        if (namesake != null) {
            trace.fault(
                    Place.at(pointer + "/metric"),
                    "is `" + Shown.text(name.orElseThrow()) + "`, as series " + namesake
                            + " is; tell them apart by a label in `metric`, such as `" + Shown.text(name.orElseThrow())
                            + ".{instance}`");
        }
        JsonNode values = series.path("values");
        if (!values.isArray()) {
            trace.fault(Place.at(pointer + "/values"), "must be an array of pairs of time and value");
        }
        for (int i = 0; i < values.size() && !trace.ended(); i++) {
            pair(pointer + "/values/" + i, values.get(i), name.orElse(""));
        }
    }

    private void pair(String pointer, JsonNode pair, String name) {
        if (!pair.isArray()
                || pair.size() != 2
                || !pair.get(0).isNumber()
                || !pair.get(1).isTextual()) {
            trace.fault(Place.at(pointer), "must be a pair of time and value such as `[1772438400, \"0.5\"]`");
            return;
        }
        Optional<Instant> time =
                trace.time(Place.at(pointer + "/0"), pair.get(0).asText());
        Optional<Double> value =
                trace.number(Place.at(pointer + "/1"), pair.get(1).textValue());
        if (time.isPresent() && value.isPresent()) {
            trace.add(Place.at(pointer), time.get(), Map.of(name, value.get()), List.of());
        }
    }

    private Optional<String> name(String pointer, JsonNode labels) {
        StringBuilder name = new StringBuilder();
        Matcher label = LABEL.matcher(metric);
        while (label.find()) {
            JsonNode value = labels.path(label.group(1));
            if (!value.isTextual()) {
                trace.fault(Place.at(pointer), unnamed(label.group(1)));
                return Optional.empty();
            }
            label.appendReplacement(name, Matcher.quoteReplacement(value.textValue()));
        }
        label.appendTail(name);
        if (name.length() > EntryReader.MAXIMUM_LENGTH) {
            trace.fault(Place.at(pointer), "makes a name longer than " + EntryReader.MAXIMUM_LENGTH + " characters");
            return Optional.empty();
        }
        return Optional.of(name.toString());
    }

    private String unnamed(String label) {
        return metric.equals(OWN_NAME)
                ? "has no `__name__`, as the results of functions have none; say in `metric` what the series is called, such as"
                        + " `system.cpu.utilization`, or with a label `disk.{device}`"
                : "has no label `" + label + "`, which `metric` asks for";
    }
}
