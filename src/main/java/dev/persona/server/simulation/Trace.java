package dev.persona.server.simulation;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a recorded trace turned out to be, for its reader to see whether it was understood.
 *
 * @param from its first instant
 * @param to its last instant
 * @param instants how many there are
 * @param interval the median time from one to the next
 * @param metrics of which it has values
 * @param missingMetrics at which triggers look, but of which the whole story has no value
 * @param staleAfter how long a value holds without a next one
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record Trace(
        Instant from,
        Instant to,
        int instants,
        @JsonFormat(shape = JsonFormat.Shape.STRING) Duration interval,
        SortedSet<String> metrics,
        SortedSet<String> missingMetrics,
        @JsonFormat(shape = JsonFormat.Shape.STRING) Duration staleAfter) {
    private static final int INTERVALS = 3;

    public Trace {
        metrics = Collections.unmodifiableSortedSet(new TreeSet<>(metrics));
        missingMetrics = Collections.unmodifiableSortedSet(new TreeSet<>(missingMetrics));
    }

    /** The trace that a timeline consists of; it must have an instant. Values hold for three intervals, as those of live instances do. */
    static Trace of(Timeline timeline) {
        List<Instant> instants = List.copyOf(timeline.instants());
        List<Duration> intervals = new ArrayList<>();
        for (int i = 1; i < instants.size(); i++) {
            intervals.add(Duration.between(instants.get(i - 1), instants.get(i)));
        }
        Collections.sort(intervals);
        Duration interval = intervals.isEmpty() ? Duration.ZERO : intervals.get(intervals.size() / 2);
        Duration threeIntervals = interval.multipliedBy(INTERVALS);
        return new Trace(
                instants.get(0),
                instants.get(instants.size() - 1),
                instants.size(),
                interval,
                timeline.metrics(),
                Collections.emptySortedSet(),
                threeIntervals.compareTo(ScenarioReader.STALE_AFTER) > 0 ? threeIntervals : ScenarioReader.STALE_AFTER);
    }

    Trace staleAfter(Duration staleAfter) {
        return new Trace(from, to, instants, interval, metrics, missingMetrics, staleAfter);
    }

    Trace missing(SortedSet<String> missing) {
        return new Trace(from, to, instants, interval, metrics, missing, staleAfter);
    }
}
