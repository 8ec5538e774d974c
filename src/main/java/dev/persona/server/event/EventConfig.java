package dev.persona.server.event;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How events are taken. */
@ConfigMapping(prefix = "persona.event")
public interface EventConfig {

    /** How long an event's source and id are remembered, so that it is taken once. */
    @WithDefault("PT24H")
    Duration deduplicateFor();

    /** The largest request body, one event or a batch; a larger one is refused with 413. */
    @WithDefault("1M")
    MemorySize maxBodySize();

    /** How many events a batch may have. */
    @WithDefault("100")
    int maxBatch();

    /** How deep objects and arrays of an event may be nested, 1 or more. */
    @WithDefault("32")
    int maxNestingDepth();
}
