package dev.persona.agent.api;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.runtime.configuration.ConfigurationException;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListenAddressTest {
    private final Router router = Router.router(Vertx.vertx());

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.8.8.8", "localhost", "::1"})
    void loopback_is_where_the_api_belongs(String address) {
        assertThatCode(() -> new ListenAddress(address, () -> false).check(router))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1", "db-01.example.org"})
    void another_address_needs_permission(String address) {
        assertThatThrownBy(() -> new ListenAddress(address, () -> false).check(router))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        "`quarkus.http.host` is `%s`, which other hosts can reach, but nothing authenticates callers"
                                + " yet; use `127.0.0.1`, or set `persona.agent.security.allow-remote=true` if you trust"
                                + " everybody on that network",
                        address);
        assertThatCode(() -> new ListenAddress(address, () -> true).check(router))
                .doesNotThrowAnyException();
    }
}
