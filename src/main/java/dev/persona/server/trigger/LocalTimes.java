package dev.persona.server.trigger;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;

/**
 * Local times as instants, in order: what falls into a gap is the gap's end, and of what there is twice the first
 * counts. Hence a later local time is never an earlier instant.
 */
final class LocalTimes {
    private LocalTimes() {}

    static Instant instant(LocalDateTime local, ZoneId zone) {
        ZoneOffsetTransition transition = zone.getRules().getTransition(local);
        if (transition == null) {
            return local.toInstant(zone.getRules().getOffset(local));
        }
        return transition.isGap() ? transition.getInstant() : local.toInstant(transition.getOffsetBefore());
    }

    /** The last local time whose instant is not after the given one. */
    static LocalDateTime lastNotAfter(Instant instant, ZoneId zone) {
        LocalDateTime local = LocalDateTime.ofInstant(instant, zone);
        // An instant's local time is in no gap: a transition there is an overlap.
        ZoneOffsetTransition transition = zone.getRules().getTransition(local);
        boolean secondTime = transition != null && !instant.isBefore(transition.getInstant());
        return secondTime ? transition.getDateTimeBefore().minusNanos(1) : local;
    }
}
