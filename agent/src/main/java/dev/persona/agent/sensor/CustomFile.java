package dev.persona.agent.sensor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A file of metrics, read again only when it has changed; the growth of its counters is that between two writes.
 *
 * <p>Links are not followed and devices not opened: the agent is root, and whoever may write here perhaps is not.
 */
final class CustomFile extends CustomSource {
    private final Path file;
    private final Optional<Duration> maxAge;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private List<Object> version = List.of();
    private SortedMap<String, Double> values = new TreeMap<>();

    CustomFile(Path file, Optional<Duration> maxAge, InstantSource clock, LongSupplier nanoTime) {
        this.file = file;
        this.maxAge = maxAge;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    @Override
    SortedMap<String, Double> values() {
        try {
            BasicFileAttributes found =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!found.isRegularFile()) {
                throw new IllegalStateException("it is no regular file");
            }
            Instant written = found.lastModifiedTime().toInstant();
            if (maxAge.isPresent() && written.plus(maxAge.get()).isBefore(clock.instant())) {
                throw new IllegalStateException(
                        "it was written at " + written + ", longer ago than `persona.agent.metrics.custom.max-age`");
            }
            List<Object> current = Arrays.asList(found.fileKey(), found.lastModifiedTime(), found.size());
            if (!current.equals(version)) {
                try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
                    values = values(text(in, nanoTime), found.lastModifiedTime().to(TimeUnit.NANOSECONDS));
                }
                version = current;
            }
            return values;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
