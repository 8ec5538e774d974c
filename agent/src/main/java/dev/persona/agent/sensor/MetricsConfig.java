package dev.persona.agent.sensor;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the agent reports besides the metrics that every agent reports: nothing, until it is asked for. In patterns of names
 * {@code *} stands for any characters.
 */
@ConfigMapping(prefix = "persona.agent.metrics")
public interface MetricsConfig {

    /** The interfaces, such as {@code eth*}, whose traffic is also reported one by one; 32 at most. */
    Optional<List<String>> interfaces();

    /** The disks, such as {@code nvme*}, that are also reported one by one; 32 at most. */
    Optional<List<String>> disks();

    /** The chips, by the name of their driver such as {@code coretemp}, whose temperature is reported; 32 at most. */
    Optional<List<String>> temperatures();

    /** Metrics that other programs of this host tell in Prometheus' text format. */
    Custom custom();

    /** Metrics that other programs of this host tell in Prometheus' text format. */
    interface Custom {
        /** A folder whose files {@code *.prom} are read; absolute. */
        Optional<Path> folder();

        /** A file that was not written for so long is left out; by default none is too old. */
        Optional<Duration> maxAge();

        /** The URL that is asked with each report; {@code http} on loopback only. */
        Optional<URI> endpoint();

        /** The metrics to report of all those found, by their names here, as in {@code queue_length{queue=mail}}. */
        @WithDefault("*")
        List<String> names();
    }
}
