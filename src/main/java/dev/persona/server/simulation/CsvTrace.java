package dev.persona.server.simulation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.csv.CsvFactory;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import dev.persona.server.platform.Shown;
import dev.persona.server.simulation.TraceReader.Place;
import java.io.IOException;
import java.io.Reader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A trace as RFC 4180 has it: the first line names the columns, {@code time} and then the metrics; each further line has the
 * values at one instant, empty where there is none.
 */
final class CsvTrace {
    private static final CsvFactory CSV = CsvFactory.builder()
            .enable(CsvParser.Feature.TRIM_SPACES)
            .enable(CsvParser.Feature.SKIP_EMPTY_LINES)
            .build();
    private static final Set<String> TIME = Set.of("time", "timestamp");
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final TraceReader trace;
    private List<String> columns = List.of();

    CsvTrace(TraceReader trace) {
        this.trace = trace;
    }

    void read(Reader text) throws IOException {
        CsvParser parser = CSV.createParser(text);
        try {
            while (!trace.ended() && parser.nextToken() == JsonToken.START_ARRAY) {
                parser.nextToken();
                int line = parser.currentTokenLocation().getLineNr();
                List<String> cells = cells(parser);
                if (columns.isEmpty()) {
                    head(line, cells);
                } else {
                    row(line, cells);
                }
            }
        } catch (JsonProcessingException e) {
            trace.end(Place.line(e.getLocation().getLineNr()), "the CSV can't be read: " + e.getOriginalMessage());
        }
    }

    /** The cells of one line; of those that nobody needs only the first. */
    private List<String> cells(CsvParser parser) throws IOException {
        int needed = (columns.isEmpty() ? Timeline.MAXIMUM_METRICS + 1 : columns.size()) + 1;
        List<String> cells = new ArrayList<>();
        while (parser.currentToken() != JsonToken.END_ARRAY) {
            if (cells.size() < needed) {
                cells.add(parser.getText());
            }
            parser.nextToken();
        }
        return cells;
    }

    private void head(int line, List<String> names) {
        String first = names.get(0).replace(BYTE_ORDER_MARK, "");
        if (!TIME.contains(first.toLowerCase(Locale.ROOT))) {
            trace.end(
                    Place.cell(line, 1),
                    "the first line must name the columns, `time` first and then the metrics, but begins with `"
                            + Shown.text(first) + "`");
        } else if (names.size() == 1) {
            trace.end(Place.line(line), "names no metric besides `" + first + "`; put commas between the columns");
        } else if (names.size() > Timeline.MAXIMUM_METRICS + 1) {
            trace.end(Place.line(line), "names more than " + Timeline.MAXIMUM_METRICS + " metrics; leave some out");
        }
        Set<String> known = new HashSet<>();
        for (int i = 1; i < names.size(); i++) {
            String name = names.get(i);
            if (name.isEmpty() || name.length() > EntryReader.MAXIMUM_LENGTH) {
                trace.fault(
                        Place.cell(line, i + 1),
                        "the name of a metric must have 1 to " + EntryReader.MAXIMUM_LENGTH + " characters");
            } else if (!known.add(name)) {
                trace.fault(Place.cell(line, i + 1), "there are two columns `" + Shown.text(name) + "`");
            }
        }
        columns = List.copyOf(names);
    }

    private void row(int line, List<String> cells) {
        if (cells.size() != columns.size()) {
            trace.fault(
                    Place.line(line),
                    "has " + (cells.size() > columns.size() ? "more" : "fewer")
                            + " cells than the first line has columns, " + columns.size());
            return;
        }
        Optional<Instant> time = trace.time(Place.cell(line, 1), cells.get(0));
        Map<String, Double> sample = new HashMap<>();
        for (int i = 1; i < cells.size(); i++) {
            String metric = columns.get(i);
            trace.number(Place.cell(line, i + 1), cells.get(i)).ifPresent(value -> sample.put(metric, value));
        }
        time.ifPresent(at -> trace.add(Place.line(line), at, sample, List.of()));
    }
}
