package dev.persona.server.simulation;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a persona did until the end of a story.
 *
 * @param activations how often it became active
 * @param activeFor how long it was active in all
 * @param switchesPerDay how often it became active or ceased to be on an average day; a story shorter than a day counts as
 *     one day
 * @param flaps how many of these switches came less than ten minutes after the one before
 * @param contested the parameters that another active persona or a rule set too while it was active
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record PersonaSummary(
        int activations,
        @JsonFormat(shape = JsonFormat.Shape.STRING) Duration activeFor,
        double switchesPerDay,
        int flaps,
        SortedMap<String, Contest> contested) {

    public PersonaSummary {
        contested = Collections.unmodifiableSortedMap(new TreeMap<>(contested));
    }

    /**
     * What became of a contested parameter.
     *
     * @param wonFor how long the persona's value was in force
     * @param lostFor how long another's was
     * @param against who else set it, at any time
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Contest(
            @JsonFormat(shape = JsonFormat.Shape.STRING) Duration wonFor,
            @JsonFormat(shape = JsonFormat.Shape.STRING) Duration lostFor,
            SortedSet<String> against) {
        static final Contest NONE = new Contest(Duration.ZERO, Duration.ZERO, Collections.emptySortedSet());

        public Contest {
            against = Collections.unmodifiableSortedSet(new TreeSet<>(against));
        }

        Contest won(Duration lasted, List<String> losers) {
            return new Contest(wonFor.plus(lasted), lostFor, and(losers));
        }

        Contest lost(Duration lasted, String winner) {
            return new Contest(wonFor, lostFor.plus(lasted), and(List.of(winner)));
        }

        private SortedSet<String> and(List<String> others) {
            SortedSet<String> all = new TreeSet<>(against);
            all.addAll(others);
            return all;
        }
    }
}
