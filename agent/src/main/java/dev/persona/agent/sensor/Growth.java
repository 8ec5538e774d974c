package dev.persona.agent.sensor;

import java.time.Duration;
import java.util.Map;

/** Remembers the last counters of a kind of device, for the {@link Rates} until the next. */
final class Growth<C> {
    private Map<String, C> last = Map.of();
    private long lastNanoTime;

    /** The rates since the last call; the first has none. */
    Rates<C> until(Map<String, C> now, long nanoTime) {
        Rates<C> rates = new Rates<>(last, now, Duration.ofNanos(nanoTime - lastNanoTime));
        last = Map.copyOf(now);
        lastNanoTime = nanoTime;
        return rates;
    }
}
