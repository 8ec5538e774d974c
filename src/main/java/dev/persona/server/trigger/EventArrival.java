package dev.persona.server.trigger;

import java.util.Comparator;

/**
 * An event that has arrived, by what identifies it.
 *
 * @param source the CloudEvents source
 * @param id the CloudEvents id, empty if the event has none
 */
public record EventArrival(String source, String id) {
    /** The order in which one stands for several of one instant. */
    public static final Comparator<EventArrival> ORDER =
            Comparator.comparing(EventArrival::source).thenComparing(EventArrival::id);
}
