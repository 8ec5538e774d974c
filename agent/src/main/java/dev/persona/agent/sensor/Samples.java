package dev.persona.agent.sensor;

import java.util.Collections;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** The values of one report as they come in; what is not finite is left out. */
final class Samples {
    private final Map<String, Double> byName = new TreeMap<>();

    void add(String name, double value) {
        if (Double.isFinite(value)) {
            byName.put(name, value);
        }
    }

    /** A value that can't be negative; the host doesn't know it then. */
    void add(Metric metric, double value) {
        if (value >= 0) {
            add(metric.id(), value);
        }
    }

    void add(Metric metric, OptionalDouble value) {
        value.ifPresent(present -> add(metric, present));
    }

    /** A part of a whole, 0..1; a whole of nothing has no parts. */
    void addRatio(String name, double part, double whole) {
        if (whole > 0) {
            add(name, Math.max(0, Math.min(1, part / whole)));
        }
    }

    Map<String, Double> byName() {
        return Collections.unmodifiableMap(byName);
    }
}
