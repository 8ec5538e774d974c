package dev.persona.server.analysis;

import dev.persona.server.trigger.Trigger;
import dev.persona.server.trigger.Truth;
import java.util.List;

/** A truth that is asked of a trigger: one from {@code least} to {@code most}. */
record Goal(Trigger trigger, Truth least, Truth most) {

    static Goal isTrue(List<Trigger> anyOf) {
        return new Goal(new Trigger.Any(anyOf), Truth.TRUE, Truth.TRUE);
    }

    static Goal isFalse(List<Trigger> anyOf) {
        return new Goal(new Trigger.Any(anyOf), Truth.FALSE, Truth.FALSE);
    }

    static Goal isNotTrue(List<Trigger> anyOf) {
        return new Goal(new Trigger.Any(anyOf), Truth.FALSE, Truth.UNKNOWN);
    }

    static Goal isNotFalse(List<Trigger> anyOf) {
        return new Goal(new Trigger.Any(anyOf), Truth.UNKNOWN, Truth.TRUE);
    }
}
