package dev.persona.server.platform;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused whichever resource it is meant for. */
@QuarkusTest
class RequestGuardResourceTest {

    @TestHTTPResource
    URI server;

    @ParameterizedTest
    @ValueSource(strings = {"http://example.org", "http://localhost:1", "null", "not a URI", "http://127.0.0.1"})
    void pages_of_other_sites_are_refused(String origin) {
        Response response = given().header("Origin", origin).get("/personas");

        assertProblem(
                response, 403, "FORBIDDEN", "requests of other sites' pages are refused: `Origin` is `" + origin + "`");
    }

    @Test
    void pages_of_the_server_itself_may_call() {
        String own = "http://" + server.getAuthority();

        assertThat(given().header("Origin", own).get("/personas").statusCode()).isEqualTo(200);
    }

    @Test
    void a_name_that_was_made_to_lead_here_is_refused() {
        Response response =
                given().header("Host", "rebound.example:" + server.getPort()).get("/personas");

        assertProblem(
                response,
                403,
                "FORBIDDEN",
                "`Host` is `rebound.example`; call this server as `127.0.0.1` or `localhost`");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/personas?dry-run=true | query parameter `dry-run` is not one of this call; it takes `cursor`, `enabled`, `group`, `limit`, `text`",
                "/personas?limits=3 | query parameter `limits` is not one of this call; did you mean `limit`?",
                "/parameters?x=1 | query parameter `x` is not one of this call; it takes none",
                "/personas?limit=3&limit=4 | query parameter `limit` is there 2 times; give it once",
                "/personas?enabled | query parameter `enabled` has no value; give it one, or leave it out",
            })
    void query_parameters_that_a_call_does_not_have_are_refused(String path, String detail) {
        assertProblem(given().get(path), 400, "INVALID_REQUEST", detail);
    }

    @Test
    void a_body_over_the_limit_of_the_server_is_a_problem_before_it_is_sent() throws IOException {
        String answer = exchange(
                "POST /personas HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10485761\r\n\r\n");

        assertThat(answer)
                .startsWith("HTTP/1.1 413")
                .containsIgnoringCase("content-type: application/problem+json")
                .contains("the body is larger than 10485760 bytes, the `quarkus.http.limits.max-body-size`");
    }

    /** Sends bytes that no HTTP client would, and reads until the server closes the connection. */
    private String exchange(String request) throws IOException {
        try (Socket socket = new Socket(server.getHost(), server.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void assertProblem(Response response, int status, String code, String detail) {
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.contentType()).isEqualTo("application/problem+json");
        assertThat(response.jsonPath().getString("code")).isEqualTo(code);
        assertThat(response.jsonPath().getString("detail")).isEqualTo(detail);
    }
}
