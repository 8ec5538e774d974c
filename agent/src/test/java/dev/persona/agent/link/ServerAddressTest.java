package dev.persona.agent.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerAddressTest {

    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:8080, ws://127.0.0.1:8080/agent",
        "http://localhost, ws://localhost:80/agent",
        "https://[::1]:8443/, wss://[::1]:8443/agent",
        "https://127.0.0.1/policy/, wss://127.0.0.1:443/policy/agent"
    })
    void the_door_is_derived_from_the_base_url(URI url, String door) {
        assertThat(ServerAddress.of(url, false)).hasToString(door);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ftp://127.0.0.1", "localhost:8080", "http://user:pass@127.0.0.1", "http://127.0.0.1/?a=b", "x"})
    void what_is_no_base_url_is_refused_with_an_example(String url) {
        assertThatThrownBy(() -> ServerAddress.of(URI.create(url), true))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("set `persona.agent.server.url` to one such as `http://127.0.0.1:8080`");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://policy.example.org", "http://192.0.2.1:8080", "http://127.0.0.1.example.org"})
    void a_remote_server_needs_permission(String url) {
        assertThatThrownBy(() -> ServerAddress.of(URI.create(url), false))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("set `persona.agent.security.allow-remote=true`");
        assertThat(ServerAddress.of(URI.create(url), true).host())
                .isEqualTo(URI.create(url).getHost());
    }
}
