package dev.persona.server.activation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;

/**
 * When which lane has to be looked at next.
 *
 * <p>A lane waits at most once. A report moves deadlines away, ten thousand times in a few seconds; so a later deadline
 * does not move the lane in the queue: it comes up early, and waits again.
 */
final class Deadlines {
    private final Queue<Waiting> queue = new PriorityQueue<>(Comparator.comparing(Waiting::until));

    private record Waiting(Instant until, Lane lane) {}

    /**
     * Lets a lane wait until an instant, unless it already waits for an earlier one.
     *
     * @return whether this is now the earliest of all
     */
    synchronized boolean await(Lane lane, Instant until) {
        if (lane.queuedFor != null && !until.isBefore(lane.queuedFor)) {
            return false;
        }
        lane.queuedFor = until;
        Waiting waiting = new Waiting(until, lane);
        queue.add(waiting);
        return queue.peek() == waiting;
    }

    /** Takes out the lanes whose instant has come. */
    synchronized List<Lane> due(Instant now) {
        List<Lane> due = new ArrayList<>();
        for (Waiting head = queue.peek(); head != null && !head.until().isAfter(now); head = queue.peek()) {
            queue.remove();
            if (head.until().equals(head.lane().queuedFor)) {
                head.lane().queuedFor = null;
                due.add(head.lane());
            }
        }
        return due;
    }

    /** The earliest instant for which a lane waits. */
    synchronized Optional<Instant> next() {
        return Optional.ofNullable(queue.peek()).map(Waiting::until);
    }
}
