package dev.persona.agent.activation;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How often each parameter was set again because something else had changed it: a limit, so that two tools that want
 * different values don't fight for ever.
 *
 * <p>Kept in memory only: a restart of the agent begins to count anew. Not thread-safe.
 */
final class Corrections {
    private final Map<String, Deque<Instant>> made = new TreeMap<>();
    private final Map<String, String> failures = new TreeMap<>();

    /** Whether one more correction is within the limit; half-open, so that one exactly {@code within} ago counts no more. */
    boolean isAllowed(String parameter, CorrectionLimit limit, Instant now) {
        Deque<Instant> instants = made.getOrDefault(parameter, new ArrayDeque<>());
        while (!instants.isEmpty() && !instants.peekFirst().plus(limit.within()).isAfter(now)) {
            instants.removeFirst();
        }
        if (instants.isEmpty()) {
            made.remove(parameter);
            failures.remove(parameter);
        }
        return instants.size() < limit.corrections();
    }

    /** @param failure why it came to nothing, empty if it did not */
    void made(String parameter, Optional<String> failure, Instant now) {
        made.computeIfAbsent(parameter, unused -> new ArrayDeque<>()).addLast(now);
        failure.ifPresentOrElse(why -> failures.put(parameter, why), () -> failures.remove(parameter));
    }

    /** All that lie within the limit's time, by parameter. */
    List<Correction> within(CorrectionLimit limit, Instant now) {
        return List.copyOf(made.keySet()).stream()
                .map(parameter -> shown(parameter, isAllowed(parameter, limit, now)))
                .flatMap(Optional::stream)
                .toList();
    }

    private Optional<Correction> shown(String parameter, boolean allowed) {
        return Optional.ofNullable(made.get(parameter))
                .map(instants -> new Correction(
                        parameter, instants.size(), instants.peekLast(), !allowed, failures.get(parameter)));
    }
}
