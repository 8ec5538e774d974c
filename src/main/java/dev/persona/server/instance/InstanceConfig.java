package dev.persona.server.instance;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** When instances count as alive, and how many there may be. */
@ConfigMapping(prefix = "persona.instance")
public interface InstanceConfig {

    /** How long a metric's value holds, and an instance counts as connected, without a new report: three report intervals. */
    @WithDefault("PT30S")
    Duration staleAfter();

    /** An instance that was not heard of for so long is gone; longer than stale-after. */
    @WithDefault("PT5M")
    Duration goneAfter();

    /** How many instances may be registered. */
    @WithDefault("10000")
    int maximumCount();
}
