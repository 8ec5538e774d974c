package dev.persona.agent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** The agent's local API, called over HTTP; the JDK's oldest client, because it is the one that starts fastest. */
final class LocalApi {
    static final ObjectMapper JSON = new ObjectMapper();

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    /** An order waits until the host has changed, and a command of its owner may take ten minutes. */
    private static final Duration ANSWER_TIMEOUT = Duration.ofMinutes(15);

    private final URI base;

    /** @param base as in {@code http://127.0.0.1:8181/} */
    LocalApi(URI base) {
        this.base = base;
    }

    /** What the agent answered: the document, or the problem. */
    record Answer(boolean succeeded, JsonNode document) {}

    /** Nobody answered, or not as this agent does. */
    static final class UnreachableException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnreachableException(String message) {
            super(message);
        }
    }

    Answer get(String path) {
        return call("GET", path, Optional.empty());
    }

    Answer post(String path) {
        return call("POST", path, Optional.empty());
    }

    Answer order(String path, Optional<Duration> duration, String by, String reason) {
        String query = duration.map(time -> "?for=" + time).orElse("");
        JsonNode body = JsonNodeFactory.instance.objectNode().put("by", by).put("reason", reason);
        return call("POST", path + query, Optional.of(body));
    }

    Answer delete(String path) {
        return call("DELETE", path, Optional.empty());
    }

    static String encoded(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private Answer call(String method, String path, Optional<JsonNode> body) {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) base.resolve(path).toURL().openConnection();
            connection.setRequestMethod(method);
            connection.setConnectTimeout((int) CONNECT_TIMEOUT.toMillis());
            connection.setReadTimeout((int) ANSWER_TIMEOUT.toMillis());
            connection.setRequestProperty("Accept", "application/json");
            if (body.isPresent()) {
                connection.setDoOutput(true);
                connection.setRequestProperty("Content-Type", "application/json");
                connection.getOutputStream().write(JSON.writeValueAsBytes(body.get()));
            }
            boolean succeeded = connection.getResponseCode() < 400;
            try (InputStream answer = succeeded ? connection.getInputStream() : connection.getErrorStream()) {
                JsonNode document = answer == null ? null : JSON.readTree(answer);
                if (document == null || !document.isObject()) {
                    throw new UnreachableException("`" + base + "` answers, but is no persona agent");
                }
                return new Answer(succeeded, document);
            }
        } catch (IOException failure) {
            throw new UnreachableException("no agent answers at `" + base + "`: " + failure.getMessage()
                    + "; is it running (systemctl status persona-agent), and on this port?");
        }
    }
}
