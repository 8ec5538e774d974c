package dev.persona.server.trigger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.persona.server.trigger.Trigger.Schedule;
import java.time.Instant;

/**
 * Whether a schedule's window is open, and until when that stands; it remembers nothing.
 *
 * @param changes not later than the next change; {@link #NEVER} if there is none
 */
public record ScheduleState(Schedule leaf, boolean open, Instant changes) implements LeafState {

    static ScheduleState at(Schedule leaf, Instant at) {
        return new ScheduleState(
                leaf, leaf.windows().openAt(at), leaf.windows().nextChange(at).orElse(NEVER));
    }

    @Override
    public Truth truth() {
        return Truth.of(open);
    }

    @Override
    public ScheduleState next(Instant at, Surroundings surroundings) {
        return at.isBefore(changes) ? this : at(leaf, at);
    }

    @Override
    public Instant deadline(Surroundings surroundings) {
        return changes;
    }

    /** Whether {@link #changes} is a change indeed, and not just as far as windows that follow each other were looked through. */
    public boolean isChangeInSight() {
        return !changes.equals(NEVER) && leaf.windows().openAt(changes) != open;
    }

    @Override
    public JsonNode memory() {
        return JsonNodeFactory.instance.objectNode();
    }

    @Override
    public boolean remembersAs(LeafState before) {
        return true;
    }

    @Override
    public String sentence(Instant at, Surroundings surroundings) {
        String window = "the window " + TriggerText.describe(leaf);
        if (!isChangeInSight()) {
            return window + (open ? " is open" : " is over");
        }
        return window + (open ? " is open until " : " is closed until ") + changes;
    }
}
