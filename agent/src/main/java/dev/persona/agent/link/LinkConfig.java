package dev.persona.agent.link;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;

/** The policy server, and how the connection to it is kept. */
@ConfigMapping(prefix = "persona.agent.server")
public interface LinkConfig {

    /** Where the server is; {@code https} speaks TLS. Only loopback unless remote servers are allowed. */
    @WithDefault("http://127.0.0.1:8080")
    URI url();

    /** How long the server may take from the first packet to its welcome, PT0.001S to PT5M. */
    @WithDefault("PT10S")
    Duration connectTimeout();

    /** Time from one ping to the next, PT0.001S to PT1H; a server that is silent for two of them counts as lost. */
    @WithDefault("PT10S")
    Duration pingInterval();

    /** The longest message taken from the server, 64K to 1G; a longer one ends the connection. */
    @WithDefault("4M")
    MemorySize maxMessageSize();

    /** How long to wait before connecting again. */
    Retry retry();

    /** How long to wait before connecting again: a random time up to a limit that doubles with each failure. */
    interface Retry {

        /** The limit after the first failure, PT0.001S to PT1H: over so long a fleet spreads whose server restarts at once. */
        @WithDefault("PT2S")
        Duration initial();

        /** The limit that no doubling exceeds, at least the initial one and at most PT1H. */
        @WithDefault("PT30S")
        Duration maximum();
    }
}
