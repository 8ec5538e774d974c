package dev.persona.agent.sensor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The temperatures that the kernel's drivers of sensors show ({@code Documentation/hwmon/sysfs-interface.rst}).
 *
 * @param folder the host's {@code /sys/class/hwmon}
 */
record TemperatureFiles(Path folder) {
    private static final int LONGEST_BYTES = 64;
    private static final double MILLI = 1e-3;

    /**
     * The highest temperature of each chip in degrees Celsius; of several chips with one driver's name, of all together. A
     * sensor that can't be read, as of a probe that isn't plugged in, doesn't count.
     *
     * @param chosen by the name of the driver; no others are read, because reading may wake a disk up
     * @throws RuntimeException if none can be read
     */
    Map<String, Double> highest(Predicate<String> chosen) {
        Map<String, Double> byChip = new TreeMap<>();
        try (DirectoryStream<Path> chips = Files.newDirectoryStream(folder)) {
            for (Path chip : chips) {
                String name = text(chip.resolve("name"));
                if (chosen.test(name)) {
                    highest(chip).ifPresent(highest -> byChip.merge(name, highest, Math::max));
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException("not supported here: `" + folder + "` can't be read", failure);
        }
        if (byChip.isEmpty()) {
            throw new IllegalStateException("not supported here: no chip below `" + folder
                    + "` that `persona.agent.metrics.temperatures` names tells a temperature");
        }
        return byChip;
    }

    private static OptionalDouble highest(Path chip) throws IOException {
        OptionalDouble highest = OptionalDouble.empty();
        try (DirectoryStream<Path> inputs = Files.newDirectoryStream(chip, "temp*_input")) {
            for (Path input : inputs) {
                try {
                    double celsius = Integer.parseInt(text(input)) * MILLI;
                    highest = OptionalDouble.of(Math.max(celsius, highest.orElse(celsius)));
                } catch (IOException | NumberFormatException unreadable) {
                    // The others still count.
                }
            }
        }
        return highest;
    }

    private static String text(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(LONGEST_BYTES), StandardCharsets.ISO_8859_1).strip();
        }
    }
}
