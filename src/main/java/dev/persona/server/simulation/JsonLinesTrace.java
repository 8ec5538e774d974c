package dev.persona.server.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.server.platform.DocumentFormat;
import dev.persona.server.platform.Faults;
import dev.persona.server.platform.JsonFields;
import dev.persona.server.platform.PolicyException;
import dev.persona.server.simulation.TraceReader.Place;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A trace of JSON objects, one in each line: entries of a timeline, of which each says its {@code time} instead of
 * {@code at}.
 */
final class JsonLinesTrace {
    private static final int LONGEST_LINE = 262_144;
    private static final int DEEPEST_NESTING = 32;
    private static final DocumentFormat FORMAT = new DocumentFormat(LONGEST_LINE, DEEPEST_NESTING);

    private final TraceReader trace;
    private final EntryReader entries;

    JsonLinesTrace(TraceReader trace, EntryReader entries) {
        this.trace = trace;
        this.entries = entries;
    }

    void read(BufferedReader text) throws IOException {
        int number = 0;
        for (String line = text.readLine(); line != null && !trace.ended(); line = text.readLine()) {
            number++;
            if (!line.isBlank()) {
                line(number, line);
            }
        }
    }

    private void line(int number, String line) {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > LONGEST_LINE) {
            trace.fault(Place.line(number), "has more than " + LONGEST_LINE + " bytes; shorten it");
            return;
        }
        Faults faults = new Faults();
        try {
            JsonFields.of(FORMAT.readJson(bytes), "", faults).ifPresent(entry -> entry(number, entry));
        } catch (PolicyException e) {
            if (e.faults().isEmpty()) {
                trace.fault(Place.line(number), e.getMessage().replace("at line 1, ", "at "));
            }
            e.faults().forEach(fault -> faults.add(fault.pointer(), fault.detail()));
        }
        faults.list().forEach(fault -> trace.fault(inLine(number, fault.pointer()), fault.detail()));
    }

    private void entry(int number, JsonFields entry) {
        entry.require("time");
        Optional<Instant> time = entry.node("time")
                .filter(node -> entry.check("time", node.isValueNode(), "must be a time"))
                .map(JsonNode::asText)
                .flatMap(text -> trace.time(inLine(number, "/time"), text));
        Map<String, Double> sample = entries.sample(entry);
        var others = entries.others(entry, time.orElse(ScenarioReader.EARLIEST));
        entry.refuseUnknown();
        time.filter(at -> entry.faults().isEmpty()).ifPresent(at -> trace.add(Place.line(number), at, sample, others));
    }

    private static Place inLine(int number, String pointer) {
        return pointer.isEmpty() ? Place.line(number) : new Place("", "line " + number + ", `" + pointer + "`: ");
    }
}
