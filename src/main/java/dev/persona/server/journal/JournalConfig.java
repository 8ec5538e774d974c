package dev.persona.server.journal;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How much history is kept. */
@ConfigMapping(prefix = "persona.history")
public interface JournalConfig {

    /** Entries kept for each instance; older ones are forgotten. */
    @WithDefault("1000")
    int entriesPerInstance();

    /** Entries older than this are forgotten. */
    @WithDefault("P90D")
    Duration keepFor();
}
