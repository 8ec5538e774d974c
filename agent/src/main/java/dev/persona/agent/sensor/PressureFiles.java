package dev.persona.agent.sensor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long tasks have stood still for want of {@code cpu}, {@code memory} and {@code io}: the kernel's pressure stall
 * information ({@code Documentation/accounting/psi.rst}), by resource.
 *
 * @param folder the host's {@code /proc/pressure}
 */
record PressureFiles(Path folder) implements Supplier<Map<String, PressureFiles.Stalls>> {
    static final String CPU = "cpu";
    static final String MEMORY = "memory";
    static final String IO = "io";

    private static final int LONGEST_BYTES = 4096;
    private static final Pattern LINE = Pattern.compile("(some|full) .*\\btotal=(\\d{1,18})");

    /**
     * Time since boot.
     *
     * @param someMicros in which at least one task stood still
     * @param fullMicros in which all tasks that had something to do stood still at once; 0 where a kernel before 5.13
     *     doesn't say it of {@code cpu}
     */
    record Stalls(long someMicros, long fullMicros) {}

    /** @throws RuntimeException if the kernel doesn't tell, with what to do about it, or a file is not as documented */
    @Override
    public Map<String, Stalls> get() {
        return Map.of(CPU, read(CPU), MEMORY, read(MEMORY), IO, read(IO));
    }

    private Stalls read(String resource) {
        Path file = folder.resolve(resource);
        try (InputStream in = Files.newInputStream(file)) {
            String text = new String(in.readNBytes(LONGEST_BYTES), StandardCharsets.US_ASCII);
            Map<String, Long> totals = new HashMap<>();
            text.lines()
                    .map(LINE::matcher)
                    .filter(Matcher::matches)
                    .forEach(line -> totals.put(line.group(1), Long.valueOf(line.group(2))));
            if (!totals.containsKey("some")) {
                throw new IllegalStateException("`" + file + "` has no line `some ... total=`");
            }
            return new Stalls(totals.get("some"), totals.getOrDefault("full", 0L));
        } catch (NoSuchFileException absent) {
            throw new IllegalStateException(
                    "not supported here: there is no `" + file + "`; it takes Linux 4.20 with CONFIG_PSI", absent);
        } catch (IOException failure) {
            // A kernel that has it switched off shows the files and refuses to open or read them.
            throw new UncheckedIOException(
                    "not supported here: `" + file + "` can't be read (" + failure.getMessage()
                            + "); where it is switched off, boot with `psi=1`",
                    failure);
        }
    }
}
