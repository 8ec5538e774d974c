package dev.persona.server.simulation;

import dev.persona.server.platform.Faults;
import dev.persona.server.platform.Shown;
import dev.persona.server.simulation.Scenario.Happening;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The reading of one recorded trace into a timeline: what all formats have in common, that is times, numbers, bounds and
 * faults.
 *
 * <p>Reading goes on after a fault, so that all are found; it ends where the trace can't be understood any more, or a
 * bound is reached.
 */
final class TraceReader {
    private static final Pattern EPOCH = Pattern.compile("[0-9]{1,15}(\\.[0-9]{1,9})?");
    /** The least number that is taken for milliseconds: as such it is in 1973, as seconds it would be in 5138. */
    private static final BigDecimal MILLISECONDS = new BigDecimal("100000000000");

    private static final Pattern NUMBER = Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]{1,3})?");
    private static final int LONGEST_NUMBER = 100;

    private final Timeline timeline;
    private final Faults faults;
    private final int faultsBefore;
    private final String pointer;

    private Instant earliest = Instant.MAX;
    private Instant latest = Instant.MIN;
    private boolean ended;

    /**
     * @param timeline an empty one
     * @param pointer JSON pointer of the trace within its document
     */
    TraceReader(Timeline timeline, Faults faults, String pointer) {
        this.timeline = timeline;
        this.faults = faults;
        this.faultsBefore = faults.list().size();
        this.pointer = pointer;
    }

    /** What was read; empty if it was nothing. */
    Optional<Trace> trace() {
        boolean empty = timeline.instants().isEmpty();
        if (empty && faults.list().size() == faultsBefore) {
            faults.add(pointer, "the trace has no samples");
        }
        return empty ? Optional.empty() : Optional.of(Trace.of(timeline));
    }

    /**
     * Adds what happened at an instant.
     *
     * @param place where the trace says so, within the trace
     */
    void add(Place place, Instant at, Map<String, Double> sample, List<Happening> others) {
        earliest = at.isBefore(earliest) ? at : earliest;
        latest = at.isAfter(latest) ? at : latest;
        if (Duration.between(earliest, latest).compareTo(ScenarioReader.LONGEST) > 0) {
            end(
                    place,
                    "makes the trace longer than " + ScenarioReader.LONGEST + ": it is from `" + earliest + "` to `"
                            + latest + "`");
        } else if (!timeline.sample(at, sample) || !timeline.add(at, others)) {
            end(place, "makes the trace have " + Timeline.BOUNDS);
        }
    }

    /** Whether there is no use in reading on. */
    boolean ended() {
        return ended || faults.isFull();
    }

    /** Adds a fault after which there is no use in reading on. */
    void end(Place place, String detail) {
        if (!ended) {
            fault(place, detail);
            ended = true;
        }
    }

    void fault(Place place, String detail) {
        faults.add(pointer + place.pointer(), place.words() + detail);
    }

    /** RFC 3339, with a blank for the {@code T} if need be; or seconds, or milliseconds, since 1970. */
    Optional<Instant> time(Place place, String text) {
        Optional<Instant> time = EPOCH.matcher(text).matches() ? Optional.of(sinceEpoch(text)) : dateAndTime(text);
        if (time.isEmpty()) {
            fault(
                    place,
                    "must be an RFC 3339 time such as `2026-03-02T08:00:00Z`, or seconds or milliseconds since 1970, but is `"
                            + Shown.text(text) + "`");
            return Optional.empty();
        }
        if (time.get().isBefore(ScenarioReader.EARLIEST) || !time.get().isBefore(ScenarioReader.LATEST)) {
            fault(place, "must be between the years 1970 and 9000, but is `" + Shown.text(text) + "`");
            return Optional.empty();
        }
        return time;
    }

    private static Instant sinceEpoch(String text) {
        BigDecimal number = new BigDecimal(text);
        BigDecimal seconds = number.compareTo(MILLISECONDS) < 0 ? number : number.movePointLeft(3);
        BigDecimal whole = new BigDecimal(seconds.toBigInteger());
        return Instant.ofEpochSecond(
                whole.longValueExact(),
                seconds.subtract(whole).movePointRight(9).longValue());
    }

    private static Optional<Instant> dateAndTime(String text) {
        try {
            return Optional.of(OffsetDateTime.parse(text.replace(' ', 'T')).toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** A finite number; empty for nothing, which may be written {@code NaN} too. */
    Optional<Double> number(Place place, String text) {
        if (text.isEmpty() || text.equals("NaN")) {
            return Optional.empty();
        }
        if (text.length() <= LONGEST_NUMBER && NUMBER.matcher(text).matches()) {
            double number = Double.parseDouble(text);
            if (Double.isFinite(number)) {
                return Optional.of(number);
            }
        }
        fault(place, "must be a finite number, but is `" + Shown.text(text) + "`");
        return Optional.empty();
    }

    /**
     * A place in a trace.
     *
     * @param pointer JSON pointer, empty if the format has none
     * @param words such as {@code "line 3, column 2: "}, empty if the pointer says it all
     */
    record Place(String pointer, String words) {
        static final Place NOWHERE = new Place("", "");

        static Place line(int line) {
            return new Place("", "line " + line + ": ");
        }

        static Place cell(int line, int column) {
            return new Place("", "line " + line + ", column " + column + ": ");
        }

        static Place at(String pointer) {
            return new Place(pointer, "");
        }
    }
}
