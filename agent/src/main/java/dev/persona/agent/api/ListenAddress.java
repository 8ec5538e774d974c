package dev.persona.agent.api;

import dev.persona.agent.platform.Loopback;
import dev.persona.agent.platform.SecurityConfig;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Where the API listens: on loopback, because nothing authenticates callers yet. */
@Singleton
class ListenAddress {
    private static final Logger LOG = Logger.getLogger(ListenAddress.class);

    private final String address;
    private final boolean allowRemote;

    ListenAddress(@ConfigProperty(name = "quarkus.http.host") String address, SecurityConfig security) {
        this.address = address;
        this.allowRemote = security.allowRemote();
    }

    /**
     * Runs while routes are laid, before the port is opened.
     *
     * @throws ConfigurationException if other hosts could reach the address and that is not allowed
     */
    void check(@Observes Router router) {
        if (Loopback.is(address)) {
            return;
        }
        if (!allowRemote) {
            throw new ConfigurationException("`quarkus.http.host` is `" + address
                    + "`, which other hosts can reach, but nothing authenticates callers yet; use `127.0.0.1`, or set"
                    + " `persona.agent.security.allow-remote=true` if you trust everybody on that network");
        }
        LOG.warnf("other hosts can reach this API, and nothing authenticates callers address=%s", address);
    }
}
