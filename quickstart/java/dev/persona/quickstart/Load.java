package dev.persona.quickstart;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Threads that do nothing but keep the processors busy, five minutes at most. */
public record Load(List<Thread> threads) implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    public static Load onEveryProcessor() {
        List<Thread> threads = new ArrayList<>();
        long end = System.nanoTime() + LIMIT.toNanos();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            Thread thread = new Thread(() -> {
                while (!Thread.currentThread().isInterrupted() && System.nanoTime() < end) {
                    Thread.onSpinWait();
                }
            });
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        return new Load(threads);
    }

    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
    }
}
