package dev.persona.server.platform;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import jakarta.ws.rs.container.ContainerRequestContext;
import java.net.URI;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what a page of another site makes its visitor's browser send; the server's own pages (Swagger UI) may call.
 *
 * <p>Another site is told by {@code Origin}, which browsers add; one that got a name of its own to mean 127.0.0.1 (DNS
 * rebinding) by that name in {@code Host}.
 */
@Singleton
public class WebPageGuard {
    /** Asked at each request, because the guard is made before the configuration of this run is read. */
    private final Provider<SecurityConfig> security;

    WebPageGuard(Provider<SecurityConfig> security) {
        this.security = security;
    }

    /** @throws PolicyException FORBIDDEN */
    @ServerRequestFilter(preMatching = true)
    public void check(ContainerRequestContext context, HttpServerRequest request) {
        verify(
                context.getHeaderString("Origin"),
                request.authority(),
                security.get().allowRemote());
    }

    /**
     * @param authority what the caller takes this server for: {@code Host}
     * @throws PolicyException FORBIDDEN
     */
    static void verify(@Nullable String origin, @Nullable HostAndPort authority, boolean allowRemote) {
        String host = authority == null ? "" : authority.host();
        if (!allowRemote && !Loopback.is(host)) {
            throw new PolicyException(
                    ErrorCode.FORBIDDEN,
                    "`Host` is `" + Shown.text(host) + "`; call this server as `127.0.0.1` or `localhost`");
        }
        if (origin != null && !isOwn(origin, authority)) {
            throw new PolicyException(
                    ErrorCode.FORBIDDEN,
                    "requests of other sites' pages are refused: `Origin` is `" + Shown.text(origin) + "`");
        }
    }

    private static boolean isOwn(String origin, @Nullable HostAndPort authority) {
        try {
            return authority != null
                    && authority.toString().equalsIgnoreCase(URI.create(origin).getRawAuthority());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
