package dev.persona.agent.api;

import dev.persona.agent.platform.Loopback;
import dev.persona.agent.platform.SecurityConfig;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import jakarta.ws.rs.container.ContainerRequestContext;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/**
 * Refuses what a web page makes its visitor's browser send.
 *
 * <p>A page of another site is told by {@code Origin}, which browsers add and the API's own callers don't; one that got
 * a name of its own to mean 127.0.0.1 (DNS rebinding) by that name in {@code Host}.
 */
@Singleton
public class LocalGuard {
    /** Asked at each request, because the guard is made before the configuration of this run is read. */
    private final Provider<SecurityConfig> security;

    LocalGuard(Provider<SecurityConfig> security) {
        this.security = security;
    }

    /** @throws RefusedException FORBIDDEN */
    @ServerRequestFilter(preMatching = true)
    public void check(ContainerRequestContext context, HttpServerRequest request) {
        if (context.getHeaderString("Origin") != null) {
            throw new RefusedException(
                    ErrorCode.FORBIDDEN, "requests of web pages are refused; call without an `Origin` header");
        }
        String host = request.authority() == null ? "" : request.authority().host();
        if (!Loopback.is(host) && !security.get().allowRemote()) {
            throw new RefusedException(
                    ErrorCode.FORBIDDEN,
                    "`Host` is `" + Shown.text(host) + "`; call this API as `127.0.0.1` or `localhost`");
        }
    }
}
