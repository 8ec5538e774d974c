package dev.persona.agent.activation;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.persona.agent.protocol.AgentMessage.Hold;
import dev.persona.agent.protocol.AgentMessage.Pin;
import dev.persona.agent.protocol.ServerMessage.Decision;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the agent must still know after a restart.
 *
 * @param decision the last one received
 * @param refused whether it was tried, failed, and was put back
 * @param inForce what the host was last brought to; absent when that is its original configuration
 * @param settled whether the host was brought there wholly, or else a crash fell in between
 */
@RegisterForReflection
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record Standing(
        @Nullable Decision decision,
        boolean refused,
        List<Pin> pins,
        @Nullable Hold hold,
        @Nullable Target inForce,
        boolean settled) {

    static final Standing NOTHING = new Standing(null, false, List.of(), null, null, true);

    Standing {
        pins = List.copyOf(pins);
    }

    Standing withDecision(Decision next) {
        return new Standing(next, false, pins, hold, inForce, settled);
    }

    /** As if there had been no decision yet: pins and hold stand. */
    Standing withoutDecision() {
        return new Standing(null, false, pins, hold, inForce, settled);
    }

    /** The decision counts as untried again. */
    Standing retrying() {
        return new Standing(decision, false, pins, hold, inForce, settled);
    }

    Standing refusing() {
        return new Standing(decision, true, pins, hold, inForce, settled);
    }

    /** Replaces a pin of the same persona. */
    Standing withPin(Pin pin) {
        List<Pin> more = new ArrayList<>(withoutPins(other -> other.personaId().equals(pin.personaId())).pins);
        more.add(pin);
        return new Standing(decision, refused, more, hold, inForce, settled);
    }

    Standing withoutPins(Predicate<Pin> ended) {
        List<Pin> fewer = pins.stream().filter(ended.negate()).toList();
        return new Standing(decision, refused, fewer, hold, inForce, settled);
    }

    Standing held(Hold by) {
        return new Standing(decision, refused, List.of(), by, inForce, settled);
    }

    Standing released() {
        return new Standing(decision, false, pins, null, inForce, settled);
    }

    /** Without the pins and the hold whose time is up; they end at that very instant. */
    Standing at(Instant now) {
        Standing rest = withoutPins(pin -> isOver(pin.until(), now));
        return hold != null && isOver(hold.until(), now) ? rest.released() : rest;
    }

    Standing unsettled() {
        return new Standing(decision, refused, pins, hold, inForce, false);
    }

    Standing settledAt(Optional<Target> target) {
        return new Standing(decision, refused, pins, hold, target.orElse(null), true);
    }

    /** The decision that orders are laid over: the last one, or the one in force where the last one failed. */
    Optional<Decision> base() {
        return refused ? Optional.ofNullable(inForce).map(Target::decision) : Optional.ofNullable(decision);
    }

    Optional<Long> revision() {
        return Optional.ofNullable(decision).map(Decision::revision);
    }

    Optional<Long> revisionInForce() {
        return Optional.ofNullable(inForce).map(Target::decision).map(Decision::revision);
    }

    Optional<Instant> nextExpiry() {
        return Stream.concat(
                        pins.stream().map(Pin::until), Stream.ofNullable(hold).map(Hold::until))
                .flatMap(Stream::ofNullable)
                .min(Instant::compareTo);
    }

    private static boolean isOver(@Nullable Instant until, Instant now) {
        return until != null && !until.isAfter(now);
    }
}
