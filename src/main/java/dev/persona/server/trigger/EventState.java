package dev.persona.server.trigger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.persona.server.trigger.Trigger.EventSubscription;
import dev.persona.server.trigger.Trigger.EventSubscription.Burst;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An event subscription's memory: when it last came true, and which arrivals may still make up a burst.
 *
 * @param last the latest instant at which enough matching events had arrived
 * @param lastEvent the event that made it so; of several at that instant the first in order
 * @param recent arrivals of matching events in order, one entry each, as many as a burst takes; empty without a burst
 * @param open whether [last, last + hold) is going on
 */
public record EventState(
        EventSubscription leaf,
        Optional<Instant> last,
        Optional<EventArrival> lastEvent,
        List<Instant> recent,
        boolean open)
        implements LeafState {

    /** How long a pulse is: the resolution of time, so that no two decisions fall into one pulse. */
    public static final Duration PULSE = Duration.ofNanos(1_000);

    public EventState {
        recent = List.copyOf(recent);
    }

    static EventState blank(EventSubscription leaf) {
        return new EventState(leaf, Optional.empty(), Optional.empty(), List.of(), false);
    }

    static EventState restore(EventSubscription leaf, JsonNode memory, Instant at) {
        List<Instant> recent = new ArrayList<>();
        memory.path("recent").forEach(arrival -> recent.add(Instant.parse(arrival.asText())));
        Optional<Instant> last = Optional.of(memory.path("last").asText())
                .filter(text -> !text.isEmpty())
                .map(Instant::parse);
        Optional<EventArrival> event = last.map(instant -> new EventArrival(
                memory.path("source").asText(), memory.path("id").asText()));
        return new EventState(leaf, last, event, recent, false).closing(at);
    }

    @Override
    public Truth truth() {
        return Truth.of(open);
    }

    @Override
    public EventState next(Instant at, Surroundings surroundings) {
        List<EventArrival> arrivals = surroundings.arrivals(leaf);
        if (arrivals.isEmpty()) {
            return closing(at);
        }
        Optional<EventArrival> event = arrivals.stream().min(EventArrival.ORDER);
        if (leaf.burst().isEmpty()) {
            return new EventState(leaf, Optional.of(at), event, List.of(), true);
        }
        Burst burst = leaf.burst().get();
        List<Instant> counted = new ArrayList<>(recent);
        for (int i = 0; i < Math.min(arrivals.size(), burst.atLeast()); i++) {
            counted.add(at);
        }
        counted.removeIf(arrival -> !arrival.isAfter(at.minus(burst.within())));
        List<Instant> latest = counted.subList(Math.max(0, counted.size() - burst.atLeast()), counted.size());
        return latest.size() == burst.atLeast()
                ? new EventState(leaf, Optional.of(at), event, latest, true)
                : new EventState(leaf, last, lastEvent, latest, open).closing(at);
    }

    @Override
    public Instant deadline(Surroundings surroundings) {
        return open ? end() : NEVER;
    }

    /** When it ends, or ended, to be true; call only if there was a {@code last} event. */
    public Instant end() {
        return last.orElseThrow().plus(leaf.hold().orElse(PULSE));
    }

    @Override
    public JsonNode memory() {
        ObjectNode memory = JsonNodeFactory.instance.objectNode();
        last.ifPresent(instant -> memory.put("last", instant.toString()));
        lastEvent.ifPresent(event -> memory.put("source", event.source()).put("id", event.id()));
        if (!recent.isEmpty()) {
            ArrayNode array = memory.putArray("recent");
            recent.forEach(arrival -> array.add(arrival.toString()));
        }
        return memory;
    }

    @Override
    public boolean remembersAs(LeafState before) {
        return before instanceof EventState state
                && last.equals(state.last)
                && lastEvent.equals(state.lastEvent)
                && recent.equals(state.recent);
    }

    @Override
    public String sentence(Instant at, Surroundings surroundings) {
        String event = "event " + TriggerText.describe(leaf);
        if (open) {
            return event + " at " + last.orElseThrow()
                    + leaf.hold().map(hold -> ", held until " + end()).orElse("");
        }
        String counted = leaf.burst()
                .map(burst -> " (" + counted(at) + " of " + burst.atLeast() + " within " + burst.within() + ")")
                .orElse("");
        return last.map(instant -> event + " last at " + instant + counted)
                .orElse("no " + event + " has arrived" + counted);
    }

    /** How many of the arrivals count towards a burst at an instant. */
    public long counted(Instant at) {
        return leaf.burst()
                .map(burst -> recent.stream()
                        .filter(arrival -> arrival.isAfter(at.minus(burst.within())))
                        .count())
                .orElse(0L);
    }

    private EventState closing(Instant at) {
        boolean goesOn = last.isPresent() && at.isBefore(end());
        return goesOn == open ? this : new EventState(leaf, last, lastEvent, recent, goesOn);
    }
}
