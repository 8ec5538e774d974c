package dev.persona.agent.sensor;

import dev.persona.agent.platform.Glob;
import dev.persona.agent.platform.Loopback;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/** The files and the endpoint that the host's owner has named for metrics of their own. Not thread-safe. */
final class CustomMetrics {
    private static final int MOST_FILES = 64;

    private final MetricsConfig.Custom config;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final Predicate<String> chosen;
    private final Map<String, CustomSource> files = new TreeMap<>();
    private final Map<String, CustomSource> endpoint = new TreeMap<>();

    /** @throws ConfigurationException if the configuration can't be used; the message names the remedy */
    CustomMetrics(MetricsConfig.Custom config, InstantSource clock, LongSupplier nanoTime) {
        this.config = config;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.chosen = Glob.anyOf(config.names());
        config.folder().filter(folder -> !folder.isAbsolute()).ifPresent(folder -> {
            throw new ConfigurationException(
                    "`persona.agent.metrics.custom.folder` is `" + folder + "`; write an absolute path");
        });
        config.maxAge().filter(age -> age.isZero() || age.isNegative()).ifPresent(age -> {
            throw new ConfigurationException(
                    "`persona.agent.metrics.custom.max-age` is `" + age + "`; set it to more than PT0S");
        });
        config.endpoint().ifPresent(url -> endpoint.put(checked(url).toString(), new CustomEndpoint(url, nanoTime)));
    }

    private static URI checked(URI url) {
        if (!"http".equals(url.getScheme())
                || url.getHost() == null
                || !Loopback.is(url.getHost())
                || url.getUserInfo() != null) {
            throw new ConfigurationException("`persona.agent.metrics.custom.endpoint` is `" + url
                    + "`; it must be on this host, such as `http://127.0.0.1:9100/metrics`");
        }
        return url;
    }

    /**
     * Looks which files there are.
     *
     * @throws RuntimeException if that can't be seen, or there are too many; those known before stay
     */
    void look() {
        config.folder().ifPresent(folder -> {
            List<Path> found = files(folder);
            files.keySet().retainAll(found.stream().map(Path::toString).toList());
            found.forEach(file -> files.computeIfAbsent(
                    file.toString(), unknown -> new CustomFile(file, config.maxAge(), clock, nanoTime)));
        });
    }

    private static List<Path> files(Path folder) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.prom")) {
            for (Path file : files) {
                if (found.size() == MOST_FILES) {
                    throw new IllegalStateException(
                            "`" + folder + "` has more than " + MOST_FILES + " files `*.prom`; make them fewer");
                }
                found.add(file);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return found;
    }

    /** Everything to read, by path or URL. */
    Map<String, CustomSource> sources() {
        Map<String, CustomSource> sources = new TreeMap<>(files);
        sources.putAll(endpoint);
        return sources;
    }

    /** The metrics of these sources that are to be reported. */
    boolean isChosen(String metric) {
        return chosen.test(metric);
    }
}
