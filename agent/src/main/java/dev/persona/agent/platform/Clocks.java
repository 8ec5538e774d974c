package dev.persona.agent.platform;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.InstantSource;

/** Where everything in this program has the time from. */
final class Clocks {

    @Produces
    @Singleton
    InstantSource clock() {
        return InstantSource.system();
    }
}
