package dev.persona.server.agentapi;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How agents' connections are treated. The size of a frame is bounded by {@code quarkus.websockets-next.server.max-message-size}. */
@ConfigMapping(prefix = "persona.agent-api")
public interface AgentApiConfig {

    /** How often agents are asked to report. */
    @WithDefault("PT5S")
    Duration reportInterval();

    /** A connection that has not said hello within so long is closed. */
    @WithDefault("PT10S")
    Duration helloWithin();

    /** A connection on which nothing was heard for so long, not even an answer to a ping, is closed. */
    @WithDefault("PT60S")
    Duration idleAfter();

    /** How many frames of one connection are taken in a second, on average. */
    @WithDefault("20")
    int framesPerSecond();

    /** How many frames of one connection are taken at once, and may wait to be worked off. */
    @WithDefault("100")
    int frameBurst();

    /** A connection with so many refused frames in a row is closed. */
    @WithDefault("10")
    int maxRefusals();

    /** How deep objects and arrays of a frame may be nested, 1 or more. */
    @WithDefault("16")
    int maxNestingDepth();

    /** The longest frame, in characters. */
    @WithDefault("262144")
    int maxFrameLength();
}
