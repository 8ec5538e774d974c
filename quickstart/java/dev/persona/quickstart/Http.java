package dev.persona.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The REST API of one program, as JSON. */
public final class Http {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .connectTimeout(Duration.ofSeconds(5))
            .version(HttpClient.Version.HTTP_1_1)
            .build();

    private final String base;

    Http(String base) {
        this.base = base;
    }

    /** An answer: its status, and its body as JSON (missing if there is none). */
    public record Answer(int status, JsonNode body) {

        /** The body of an answer that must not be an error. */
        public JsonNode expectSuccess() {
            if (status / 100 != 2) {
                throw new IllegalStateException("answered " + status + ": " + body.toPrettyString());
            }
            return body;
        }
    }

    public Answer get(String path) throws IOException, InterruptedException {
        return send("GET", path, "", "application/json");
    }

    public Answer post(String path, String body, String contentType) throws IOException, InterruptedException {
        return send("POST", path, body, contentType);
    }

    public Answer send(String method, String path, String body, String contentType)
            throws IOException, InterruptedException {
        HttpResponse<String> response = exchange(method, path, body, contentType, "application/json");
        return new Answer(response.statusCode(), JSON.readTree(response.body()));
    }

    /** Posts to a call that answers while it is at work, and gives its lines. */
    public List<JsonNode> stream(String path, String body, String contentType)
            throws IOException, InterruptedException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : exchange("POST", path, body, contentType, "application/x-ndjson")
                .body()
                .split("\n")) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }

    private HttpResponse<String> exchange(String method, String path, String body, String contentType, String accepted)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(Duration.ofSeconds(30))
                .header("Accept", accepted);
        if (body.isEmpty()) {
            request.method(method, HttpRequest.BodyPublishers.noBody());
        } else {
            request.method(method, HttpRequest.BodyPublishers.ofString(body)).header("Content-Type", contentType);
        }
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Whether one of some paths answers 200. */
    boolean answers(String... paths) throws InterruptedException {
        for (String path : paths) {
            try {
                if (get(path).status() == 200) {
                    return true;
                }
            } catch (IOException e) {
                return false;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return base;
    }
}
