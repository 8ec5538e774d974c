package dev.persona.agent.sensor;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/**
 * How fast the counters of several devices grew between two readings.
 *
 * <p>A device that came, went or was reset (its counter fell) in between doesn't count in that interval; when none is
 * left there is no rate, rather than a wrong one.
 *
 * @param before by device
 * @param after by device
 * @param elapsed between the two readings
 */
record Rates<C>(Map<String, C> before, Map<String, C> after, Duration elapsed) {

    /** Of some of the devices. */
    Rates<C> of(Set<String> devices) {
        Map<String, C> some = new HashMap<>(after);
        some.keySet().retainAll(devices);
        return new Rates<>(before, some, elapsed);
    }

    /** The growth per second, by device. */
    Map<String, Double> each(ToDoubleFunction<C> counter) {
        double seconds = elapsed.toNanos() / 1e9;
        Map<String, Double> rates = new TreeMap<>();
        after.forEach((device, now) -> {
            C then = before.get(device);
            if (then != null && seconds > 0 && counter.applyAsDouble(now) >= counter.applyAsDouble(then)) {
                rates.put(device, (counter.applyAsDouble(now) - counter.applyAsDouble(then)) / seconds);
            }
        });
        return rates;
    }

    /** The growth per second, summed over the devices. */
    OptionalDouble total(ToDoubleFunction<C> counter) {
        Map<String, Double> rates = each(counter);
        return rates.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(perSecond(rates).sum());
    }

    /** The growth per second of the device that grew fastest. */
    OptionalDouble highest(ToDoubleFunction<C> counter) {
        return perSecond(each(counter)).max();
    }

    private static DoubleStream perSecond(Map<String, Double> rates) {
        return rates.values().stream().mapToDouble(Double::doubleValue);
    }
}
