package dev.persona.agent.link;

import dev.persona.agent.platform.Loopback;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.net.URI;

/**
 * Where the agents' door of a server is.
 *
 * @param path below which the server answers, ending in {@code /agent}
 */
record ServerAddress(boolean tls, String host, int port, String path) {

    /**
     * Derives the address from the server's base URL.
     *
     * @param allowRemote whether the server may be on another host
     * @throws ConfigurationException if the URL can't be one, or isn't allowed; the message names the remedy
     */
    static ServerAddress of(URI url, boolean allowRemote) {
        String scheme = String.valueOf(url.getScheme());
        boolean http = scheme.equals("http") || scheme.equals("https");
        if (!http || url.getHost() == null || url.getUserInfo() != null || url.getQuery() != null) {
            throw new ConfigurationException("`" + url
                    + "` is no server's URL; set `persona.agent.server.url` to one such as `http://127.0.0.1:8080`");
        }
        if (!allowRemote && !Loopback.is(url.getHost())) {
            throw new ConfigurationException("`" + url
                    + "` is on another host, and whoever answers there could command this one; set"
                    + " `persona.agent.security.allow-remote=true` if you trust it and the network in between");
        }
        boolean tls = scheme.equals("https");
        int port = url.getPort() >= 0 ? url.getPort() : tls ? 443 : 80;
        String base = url.getPath().replaceAll("/+$", "");
        return new ServerAddress(tls, url.getHost(), port, base + "/agent");
    }

    @Override
    public String toString() {
        return (tls ? "wss://" : "ws://") + host + ":" + port + path;
    }
}
