package dev.persona.server.simulation;

import dev.persona.server.decision.Input;
import dev.persona.server.simulation.Scenario.Happening;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** What happens when, as far as a document has been read: within bounds, so that no document grows in memory without end. */
final class Timeline {
    /** How many happenings there may be; the metrics of one instant are one. */
    static final int MAXIMUM_HAPPENINGS = 200_000;
    /** How many values of metrics there may be. */
    static final int MAXIMUM_VALUES = 1_000_000;

    static final int MAXIMUM_METRICS = 500;
    /** How many times personas or tags may change: each time rules are compiled. */
    static final int MAXIMUM_CHANGES = 1_000;

    /** What is said of one that doesn't fit. */
    static final String BOUNDS = "more than " + MAXIMUM_HAPPENINGS + " happenings, " + MAXIMUM_VALUES + " values, "
            + MAXIMUM_METRICS + " metrics, or " + MAXIMUM_CHANGES + " changes of personas and tags; shorten it";

    private final SortedMap<Instant, Map<String, Double>> samples = new TreeMap<>();
    private final SortedMap<Instant, List<Happening>> others = new TreeMap<>();
    private final SortedSet<String> metrics = new TreeSet<>();
    private int values;
    private int count;
    private int changes;

    /**
     * Adds values of metrics; of two values of one metric at one instant the larger counts, as in the engine.
     *
     * @return whether they fit
     */
    boolean sample(Instant at, Map<String, Double> sampled) {
        if (sampled.isEmpty()) {
            return true;
        }
        values += sampled.size();
        metrics.addAll(sampled.keySet());
        if (values > MAXIMUM_VALUES
                || metrics.size() > MAXIMUM_METRICS
                || samples.size() + count >= MAXIMUM_HAPPENINGS) {
            return false;
        }
        Map<String, Double> known = samples.computeIfAbsent(at, instant -> new HashMap<>());
        sampled.forEach((metric, value) -> known.merge(metric, value, Math::max));
        return true;
    }

    /** @return whether they fit */
    boolean add(Instant at, List<Happening> happenings) {
        count += happenings.size();
        changes += (int) happenings.stream().filter(Timeline::changesPolicy).count();
        if (samples.size() + count > MAXIMUM_HAPPENINGS || changes > MAXIMUM_CHANGES) {
            return false;
        }
        if (!happenings.isEmpty()) {
            others.computeIfAbsent(at, instant -> new ArrayList<>()).addAll(happenings);
        }
        return true;
    }

    private static boolean changesPolicy(Happening happening) {
        return happening instanceof Happening.Saved
                || happening instanceof Happening.Deleted
                || happening instanceof Happening.Tagged;
    }

    /** Every instant at which something happens. */
    SortedSet<Instant> instants() {
        SortedSet<Instant> instants = new TreeSet<>(samples.keySet());
        instants.addAll(others.keySet());
        return instants;
    }

    /** Every metric of which there is a value. */
    SortedSet<String> metrics() {
        return metrics;
    }

    SortedMap<Instant, List<Happening>> happenings() {
        SortedMap<Instant, List<Happening>> happenings = new TreeMap<>();
        samples.forEach((at, values) -> happenings
                .computeIfAbsent(at, instant -> new ArrayList<>())
                .add(new Happening.Observed(new Input.Metrics(values))));
        others.forEach((at, added) ->
                happenings.computeIfAbsent(at, instant -> new ArrayList<>()).addAll(added));
        return happenings;
    }
}
