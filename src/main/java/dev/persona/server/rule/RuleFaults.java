package dev.persona.server.rule;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Collects the faults of one text of rules by where they are; at most {@value #LIMIT}, one for each place. */
final class RuleFaults {
    static final int LIMIT = 100;

    private final String text;
    private final NavigableMap<Integer, Integer> lineStarts = new TreeMap<>();
    private final NavigableMap<Integer, String> ruleStarts = new TreeMap<>();
    private final NavigableMap<Integer, String> messages = new TreeMap<>();

    RuleFaults(String text) {
        this.text = text;
        lineStarts.put(0, 1);
        for (int i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) {
            lineStarts.put(i + 1, lineStarts.size() + 1);
        }
    }

    /** Says that a rule begins here, so that faults further on carry its name. */
    void ruleAt(int offset, String name) {
        ruleStarts.put(offset, name);
    }

    void add(int offset, String message) {
        if (messages.size() < LIMIT) {
            messages.putIfAbsent(Math.max(0, Math.min(offset, text.length())), message);
        }
    }

    /**
     * Where in the text a place is.
     *
     * @param line 1 for the first; of one that there isn't, the start of the text
     * @param column 0 for the first
     */
    int offset(int line, int column) {
        int start = lineStarts.entrySet().stream()
                .filter(entry -> entry.getValue() == line)
                .map(Map.Entry::getKey)
                .findAny()
                .orElse(0);
        return start + Math.max(0, column);
    }

    boolean isEmpty() {
        return messages.isEmpty();
    }

    /** In order of the text. */
    List<RuleFault> list() {
        List<RuleFault> faults = new ArrayList<>();
        messages.forEach((offset, message) -> faults.add(fault(offset, message)));
        return List.copyOf(faults);
    }

    /** What there is to say about a place in the text. */
    RuleFault fault(int offset, String message) {
        Map.Entry<Integer, Integer> line = lineStarts.floorEntry(offset);
        Map.Entry<Integer, String> rule = ruleStarts.floorEntry(offset);
        return new RuleFault(rule == null ? "" : rule.getValue(), line.getValue(), offset - line.getKey() + 1, message);
    }
}
