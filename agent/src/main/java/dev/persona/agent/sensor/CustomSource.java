package dev.persona.agent.sensor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/** Something on this host that tells metrics in Prometheus' text format, read again and again. Not thread-safe. */
abstract sealed class CustomSource permits CustomFile, CustomEndpoint {
    /** The longest that reading may take. */
    static final Duration TIMEOUT = Duration.ofSeconds(1);

    private static final int MOST_BYTES = 1024 * 1024;

    private final Growth<Double> counters = new Growth<>();

    /**
     * What it tells now, by name; of counters the growth per second since it told them before.
     *
     * @throws RuntimeException if it can't be read, with what to do about it
     */
    abstract SortedMap<String, Double> values();

    /** @param nanoTime when the text was written */
    final SortedMap<String, Double> values(String text, long nanoTime) {
        SortedMap<String, Double> values = new TreeMap<>();
        Map<String, Double> totals = new TreeMap<>();
        PrometheusText.read(text).forEach((name, sample) -> {
            if (Double.isFinite(sample.value())) {
                (sample.isCounter() ? totals : values).put(name, sample.value());
            }
        });
        values.putAll(counters.until(totals, nanoTime).each(Double::doubleValue));
        return values;
    }

    /** All of a text, within the bounds of size and time. */
    static String text(InputStream in, LongSupplier nanoTime) throws IOException {
        long start = nanoTime.getAsLong();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            bytes.write(buffer, 0, read);
            if (bytes.size() > MOST_BYTES) {
                throw new IllegalStateException("it is larger than " + MOST_BYTES + " bytes");
            }
            if (nanoTime.getAsLong() - start > TIMEOUT.toNanos()) {
                throw new IllegalStateException("it took longer than " + TIMEOUT);
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
