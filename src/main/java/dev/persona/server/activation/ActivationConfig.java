package dev.persona.server.activation;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How the running fleet works. */
@ConfigMapping(prefix = "persona.fleet")
public interface ActivationConfig {

    /**
     * How often what changes no decision is stored: at most so much of it is lost by a crash. Of instances that have only
     * reported since they were stored, {@value Fleet#REPORTED_PER_FLUSH} take their turn each time.
     */
    @WithDefault("PT1S")
    Duration flushInterval();

    /** How many threads decide what events and the clock change; 0 stands for the number of processors. */
    @WithDefault("0")
    int workers();

    /** How many messages may wait for all instances together before further events are refused. */
    @WithDefault("100000")
    int maximumBacklog();

    /** How many reports of one instance are taken in a second, on average. */
    @WithDefault("10")
    int reportsPerSecond();

    /** How many reports of one instance are taken at once after a quiet time. */
    @WithDefault("60")
    int reportBurst();
}
