package dev.persona.agent.platform;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** How far this agent opens itself to the network. */
@ConfigMapping(prefix = "persona.agent.security")
public interface SecurityConfig {

    /**
     * Whether a server on another host may command this agent, and its own API may listen on other addresses than
     * loopback; there is no authentication yet, so only on a network where everybody is trusted.
     */
    @WithDefault("false")
    boolean allowRemote();
}
