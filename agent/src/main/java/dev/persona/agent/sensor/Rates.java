package dev.persona.agent.sensor;

import java.time.Duration;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.ToLongFunction;
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

    /** The growth per second, summed over the devices. */
    OptionalDouble total(ToLongFunction<C> counter) {
        double[] rates = perSecond(counter).toArray();
        return rates.length == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(DoubleStream.of(rates).sum());
    }

    /** The growth per second of the device that grew fastest. */
    OptionalDouble highest(ToLongFunction<C> counter) {
        return perSecond(counter).max();
    }

    private DoubleStream perSecond(ToLongFunction<C> counter) {
        double seconds = elapsed.toNanos() / 1e9;
        if (seconds <= 0) {
            return DoubleStream.empty();
        }
        return after.entrySet().stream()
                .filter(device -> before.containsKey(device.getKey()))
                .mapToLong(device ->
                        counter.applyAsLong(device.getValue()) - counter.applyAsLong(before.get(device.getKey())))
                .filter(growth -> growth >= 0)
                .mapToDouble(growth -> growth / seconds);
    }
}
