package dev.persona.agent.sensor;

import java.util.Collections;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** The values of one report as they come in; what is no finite number of zero or more is left out. */
final class Samples {
    private final Map<String, Double> byName = new TreeMap<>();

    void add(Metric metric, double value) {
        if (Double.isFinite(value) && value >= 0) {
            byName.put(metric.id(), value);
        }
    }

    void add(Metric metric, OptionalDouble value) {
        value.ifPresent(present -> add(metric, present));
    }

    /** A part of a whole, 0..1; a whole of nothing has no parts. */
    void addRatio(Metric metric, double part, double whole) {
        if (whole > 0) {
            add(metric, Math.max(0, Math.min(1, part / whole)));
        }
    }

    Map<String, Double> byName() {
        return Collections.unmodifiableMap(byName);
    }
}
