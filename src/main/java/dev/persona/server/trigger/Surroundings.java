package dev.persona.server.trigger;

import dev.persona.server.trigger.Trigger.EventSubscription;
import dev.persona.server.trigger.Trigger.UserProfile;
import java.util.List;
import java.util.Optional;

/** What the triggers of one instance look at, at one instant. */
public interface Surroundings {

    /** The last report of a metric, fresh or stale. */
    Optional<Sample> sample(String metric);

    /** The events that arrived at this very instant and match. */
    List<EventArrival> arrivals(EventSubscription subscription);

    /** The name of a user who is logged in and matches: the one that sorts first. */
    Optional<String> user(UserProfile profile);
}
