package dev.persona.server.trigger;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.server.trigger.Trigger.EventSubscription;
import dev.persona.server.trigger.Trigger.Leaf;
import dev.persona.server.trigger.Trigger.Schedule;
import dev.persona.server.trigger.Trigger.Threshold;
import dev.persona.server.trigger.Trigger.UserProfile;
import java.time.Instant;
import java.util.Optional;

/**
 * What one leaf trigger remembers on one instance, and its truth.
 *
 * <p>States are values. Its owner asks for the {@link #next} state at every instant at which an input arrives or the
 * {@link #deadline} falls due; asking at other instants too changes nothing.
 */
public sealed interface LeafState permits ThresholdState, ScheduleState, EventState, UserState {

    /** The instant that never comes: only an input can change the truth. */
    Instant NEVER = Instant.MAX;

    /** The state in which a trigger begins to look: at what is held at that instant, and events from then on. */
    static LeafState begin(Leaf leaf, Instant at, Surroundings surroundings) {
        LeafState blank;
        if (leaf instanceof Threshold threshold) {
            blank = ThresholdState.blank(threshold);
        } else if (leaf instanceof Schedule schedule) {
            blank = ScheduleState.at(schedule, at);
        } else if (leaf instanceof EventSubscription subscription) {
            blank = EventState.blank(subscription);
        } else {
            blank = new UserState((UserProfile) leaf, Optional.empty());
        }
        return blank.next(at, surroundings);
    }

    /**
     * The state of which {@link #memory()} was kept at an instant.
     *
     * @param memory null where nothing was to be remembered
     * @param surroundings as they were at that instant, without its events
     */
    static LeafState restore(Leaf leaf, JsonNode memory, Instant at, Surroundings surroundings) {
        if (leaf instanceof Threshold threshold) {
            return ThresholdState.restore(threshold, memory, at, surroundings);
        }
        if (leaf instanceof EventSubscription subscription) {
            return EventState.restore(subscription, memory, at);
        }
        return begin(leaf, at, surroundings);
    }

    Leaf leaf();

    /** The truth from the instant of this state on, until the deadline or an input. */
    Truth truth();

    /** The state at an instant, its inputs included; this very object if nothing has changed. */
    LeafState next(Instant at, Surroundings surroundings);

    /** When time alone changes the truth, {@link #NEVER} if it doesn't. */
    Instant deadline(Surroundings surroundings);

    /** What must survive a restart, as JSON; an empty object if nothing must. */
    JsonNode memory();

    /** Whether this state and an earlier one of the same trigger have equal {@link #memory()}. */
    boolean remembersAs(LeafState before);

    /** The facts seen, as a sentence: what is the case and what is missing. */
    String sentence(Instant at, Surroundings surroundings);
}
