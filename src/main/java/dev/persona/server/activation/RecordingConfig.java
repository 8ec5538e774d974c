package dev.persona.server.activation;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How much is kept of what instances were told, to explain the past. */
@ConfigMapping(prefix = "persona.recording")
public interface RecordingConfig {

    /** Recordings older than this are forgotten; with {@code PT0S} none are stored. */
    @WithDefault("PT24H")
    Duration keepFor();

    /** How many bytes of recordings are kept for each instance; the oldest go first. */
    @WithDefault("4M")
    MemorySize sizePerInstance();
}
