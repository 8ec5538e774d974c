package dev.persona.agent.sensor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.util.SortedMap;
import java.util.function.LongSupplier;

/** An exporter on this host that is asked over HTTP; nobody in between, and nobody whom it may name instead. */
final class CustomEndpoint extends CustomSource {
    private final URI url;
    private final LongSupplier nanoTime;

    /** @param url {@code http}, on loopback */
    CustomEndpoint(URI url, LongSupplier nanoTime) {
        this.url = url;
        this.nanoTime = nanoTime;
    }

    @Override
    SortedMap<String, Double> values() {
        try {
            HttpURLConnection connection = (HttpURLConnection) url.toURL().openConnection(Proxy.NO_PROXY);
            connection.setInstanceFollowRedirects(false);
            connection.setConnectTimeout((int) TIMEOUT.toMillis());
            connection.setReadTimeout((int) TIMEOUT.toMillis());
            connection.setRequestProperty("Accept", "text/plain;version=0.0.4");
            connection.setRequestProperty("Connection", "close");
            try (InputStream in = connection.getInputStream()) {
                if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
                    throw new IOException("it answers " + connection.getResponseCode() + ", not 200");
                }
                return values(text(in, nanoTime), nanoTime.getAsLong());
            } finally {
                connection.disconnect();
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
