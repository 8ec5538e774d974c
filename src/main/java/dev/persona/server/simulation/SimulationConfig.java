package dev.persona.server.simulation;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** How much of the server simulations may take. */
@ConfigMapping(prefix = "persona.simulation")
public interface SimulationConfig {

    /** How many simulations run at once, 1 or more; further ones are refused with 429. */
    @WithDefault("4")
    int maxRunning();
}
