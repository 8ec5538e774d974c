package dev.persona.server.platform;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Keeps a server that authenticates nobody from listening where other hosts can reach it. */
@ApplicationScoped
public class LoopbackGuard {
    private static final Logger LOG = Logger.getLogger(LoopbackGuard.class);

    private final SecurityConfig config;
    private final String host;
    private final boolean managementEnabled;
    private final String managementHost;

    LoopbackGuard(
            SecurityConfig config,
            @ConfigProperty(name = "quarkus.http.host") String host,
            @ConfigProperty(name = "quarkus.management.enabled", defaultValue = "false") boolean managementEnabled,
            @ConfigProperty(name = "quarkus.management.host", defaultValue = "0.0.0.0") String managementHost) {
        this.config = config;
        this.host = host;
        this.managementEnabled = managementEnabled;
        this.managementHost = managementHost;
    }

    void onStart(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent event) {
        verify("quarkus.http.host", host, config.allowRemote());
        if (managementEnabled) {
            verify("quarkus.management.host", managementHost, config.allowRemote());
        }
    }

    /**
     * Checks one address that the server is about to listen on.
     *
     * @param property the configuration property that names the address
     * @throws ConfigurationException if other hosts can reach it and that isn't allowed
     */
    static void verify(String property, String address, boolean allowRemote) {
        if (isLoopback(address)) {
            return;
        }
        if (!allowRemote) {
            throw new ConfigurationException("`" + property + "` is `" + address
                    + "`, which other hosts can reach, but nothing authenticates callers yet: whoever reaches this server"
                    + " controls every host that it serves. Use a loopback address such as `127.0.0.1`, or say"
                    + " `persona.security.allow-remote=true` if something in front of it authenticates callers.");
        }
        LOG.warnf(
                "server listens where other hosts can reach it, and nothing authenticates callers property=%s address=%s",
                property, address);
    }

    private static boolean isLoopback(String address) {
        try {
            for (InetAddress candidate : InetAddress.getAllByName(address)) {
                if (!candidate.isLoopbackAddress()) {
                    return false;
                }
            }
            return true;
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
