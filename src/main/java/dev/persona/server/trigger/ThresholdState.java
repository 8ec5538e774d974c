package dev.persona.server.trigger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.persona.server.trigger.Trigger.Threshold;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A threshold's memory: whether and when it has come true ({@code latched}), and since when what would change that has
 * gone on without a break.
 *
 * <p>Latched it waits for {@code metric operator clearValue} to be false for {@code clearFor}, else for {@code metric
 * operator value} to be true for {@code heldFor}. Staleness ends the waiting, but unlatches nothing.
 *
 * @param latchedSince absent unless latched
 * @param known whether the metric is fresh; the truth is unknown otherwise
 * @param waitingSince absent unless {@code known}
 */
public record ThresholdState(
        Threshold leaf, Optional<Instant> latchedSince, boolean known, Optional<Instant> waitingSince)
        implements LeafState {

    static ThresholdState blank(Threshold leaf) {
        return new ThresholdState(leaf, Optional.empty(), false, Optional.empty());
    }

    static ThresholdState restore(Threshold leaf, JsonNode memory, Instant at, Surroundings surroundings) {
        boolean known = surroundings
                .sample(leaf.metric())
                .filter(sample -> sample.freshAt(at))
                .isPresent();
        return new ThresholdState(leaf, instant(memory, "latched_since"), known, instant(memory, "waiting_since"));
    }

    private static Optional<Instant> instant(JsonNode memory, String field) {
        return Optional.of(memory.path(field).asText())
                .filter(text -> !text.isEmpty())
                .map(Instant::parse);
    }

    public boolean latched() {
        return latchedSince.isPresent();
    }

    @Override
    public Truth truth() {
        return known ? Truth.of(latched()) : Truth.UNKNOWN;
    }

    @Override
    public ThresholdState next(Instant at, Surroundings surroundings) {
        Sample sample = surroundings.sample(leaf.metric()).orElse(null);
        if (sample == null || !sample.freshAt(at)) {
            return known ? new ThresholdState(leaf, latchedSince, false, Optional.empty()) : this;
        }
        if (!turning(sample.value())) {
            return known && waitingSince.isEmpty()
                    ? this
                    : new ThresholdState(leaf, latchedSince, true, Optional.empty());
        }
        Instant since = waitingSince.orElse(at);
        if (!at.isBefore(since.plus(patience()))) {
            Optional<Instant> turned = latched() ? Optional.empty() : Optional.of(at);
            return new ThresholdState(leaf, turned, true, Optional.empty());
        }
        return known && waitingSince.isPresent()
                ? this
                : new ThresholdState(leaf, latchedSince, true, Optional.of(since));
    }

    @Override
    public Instant deadline(Surroundings surroundings) {
        if (!known) {
            return NEVER;
        }
        Instant staleAt = surroundings.sample(leaf.metric()).orElseThrow().staleAt();
        if (waitingSince.isEmpty()) {
            return staleAt;
        }
        Instant turns = waitingSince.get().plus(patience());
        return turns.isBefore(staleAt) ? turns : staleAt;
    }

    /** How long what would change the truth has gone on, at an instant. */
    public Optional<Duration> waited(Instant at) {
        return waitingSince.map(since -> Duration.between(since, at));
    }

    /** How long it must go on. */
    public Duration patience() {
        return latched() ? leaf.clearFor() : leaf.heldFor();
    }

    @Override
    public JsonNode memory() {
        ObjectNode memory = JsonNodeFactory.instance.objectNode();
        latchedSince.ifPresent(since -> memory.put("latched_since", since.toString()));
        waitingSince.ifPresent(since -> memory.put("waiting_since", since.toString()));
        return memory;
    }

    @Override
    public boolean remembersAs(LeafState before) {
        return before instanceof ThresholdState state
                && latchedSince.equals(state.latchedSince)
                && waitingSince.equals(state.waitingSince);
    }

    @Override
    public String sentence(Instant at, Surroundings surroundings) {
        String metric = "`" + leaf.metric() + "`";
        Optional<Sample> sample = surroundings.sample(leaf.metric());
        if (!known) {
            return sample.map(last -> metric + " has not been reported since " + last.at())
                    .orElse(metric + " is not reported");
        }
        double value = sample.orElseThrow().value();
        String seen = metric + " " + TriggerText.seen(value, leaf.value(), leaf.clearValue());
        String comparison = leaf.operator().symbol() + " " + TriggerText.number(leaf.value());
        String clearing = leaf.operator().symbol() + " " + TriggerText.number(leaf.clearValue());
        if (latched()) {
            boolean beyond = leaf.operator().test(value, leaf.value());
            String held = leaf.heldFor().isZero() ? "" : " for " + leaf.heldFor();
            return beyond
                    ? seen + " " + comparison + held
                    : seen
                            + waited(at)
                                    .map(waited -> " is not " + clearing + " for " + TriggerText.lasting(waited)
                                            + " of " + leaf.clearFor())
                                    .orElse(" " + clearing)
                            + " after " + comparison + held;
        }
        return seen
                + waited(at)
                        .map(waited ->
                                " " + comparison + " for " + TriggerText.lasting(waited) + " of " + leaf.heldFor())
                        .orElse(" is not " + comparison);
    }

    /** Whether a value speaks for a change of {@code latched}. */
    private boolean turning(double value) {
        return latched()
                ? !leaf.operator().test(value, leaf.clearValue())
                : leaf.operator().test(value, leaf.value());
    }
}
