package dev.persona.server.platform;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Who may reach the server. */
@ConfigMapping(prefix = "persona.security")
public interface SecurityConfig {

    /**
     * Whether the server may listen on an address that other hosts can reach.
     *
     * <p>Nothing authenticates callers: whoever reaches the server controls every host that it serves.
     */
    @WithDefault("false")
    boolean allowRemote();
}
