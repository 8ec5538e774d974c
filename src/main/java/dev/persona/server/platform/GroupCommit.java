package dev.persona.server.platform;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets those who want something stored at the same time share a transaction: while one group is stored, the next gathers.
 *
 * <p>A transaction waits for the disk; a thousand callers in a second can't have one each.
 *
 * @param <T> what is stored
 */
public final class GroupCommit<T> {
    private final int largestGroup;
    private final Consumer<Set<T>> storing;
    private final Queue<Request<T>> waiting = new ConcurrentLinkedQueue<>();

    /** Held while a group is stored; fair, so that whoever brings much lets others in between. */
    private final ReentrantLock turn = new ReentrantLock(true);

    /**
     * @param largestGroup how many are stored at once; a caller's own stay together, however many they are
     * @param storing stores a group in one transaction; called by one thread at a time
     */
    public GroupCommit(int largestGroup, Consumer<Set<T>> storing) {
        this.largestGroup = largestGroup;
        this.storing = storing;
    }

    /** What one caller wants stored, and how it went; but for the items guarded by the turn. */
    private static final class Request<T> {
        private final Collection<T> items;
        private boolean done;
        private @Nullable RuntimeException failure;

        Request(Collection<T> items) {
            this.items = items;
        }
    }

    /** Stores items, together with those of others, before it returns; whatever storing throws, each caller gets. */
    public void store(Collection<T> items) {
        Request<T> mine = new Request<>(items);
        waiting.add(mine);
        turn.lock();
        try {
            while (!mine.done) {
                storeNext();
            }
        } finally {
            turn.unlock();
        }
        if (mine.failure != null) {
            throw mine.failure;
        }
    }

    /** How many callers wait for a group to begin. */
    int waiting() {
        return waiting.size();
    }

    private void storeNext() {
        List<Request<T>> group = new ArrayList<>();
        Set<T> items = new LinkedHashSet<>();
        for (Request<T> next = waiting.peek();
                next != null && (group.isEmpty() || items.size() + next.items.size() <= largestGroup);
                next = waiting.peek()) {
            waiting.remove();
            group.add(next);
            items.addAll(next.items);
        }
        RuntimeException failure = new IllegalStateException("storing was broken off");
        try {
            storing.accept(items);
            failure = null;
        } catch (RuntimeException e) {
            failure = e;
        } finally {
            for (Request<T> request : group) {
                request.done = true;
                request.failure = failure;
            }
        }
    }
}
