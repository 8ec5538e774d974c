package dev.persona.server.trigger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.persona.server.trigger.Trigger.Schedule;
import java.time.Instant;

/**
 * Whether a schedule's window is open, and until when that stands; it remembers nothing.
 *
 * @param changes {@link #NEVER} if it doesn't change again
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

    @Override
    public JsonNode memory() {
        return JsonNodeFactory.instance.objectNode();
    }

    @Override
    public String sentence(Instant at, Surroundings surroundings) {
        String window = "the window " + TriggerText.describe(leaf);
        if (changes.equals(NEVER)) {
            return window + (open ? " is open" : " is over");
        }
        return window + (open ? " is open until " : " is closed until ") + changes;
    }
}
