package dev.persona.server.platform;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoopbackGuardTest {

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.8.8.8", "::1", "localhost"})
    void a_loopback_address_is_fine(String address) {
        assertThatCode(() -> LoopbackGuard.verify("quarkus.http.host", address, false))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1", "no such host"})
    void an_address_that_others_can_reach_is_refused_with_the_remedy(String address) {
        assertThatThrownBy(() -> LoopbackGuard.verify("quarkus.http.host", address, false))
                .hasMessageContaining("`quarkus.http.host` is `" + address + "`")
                .hasMessageContaining("nothing authenticates callers yet")
                .hasMessageContaining("`persona.security.allow-remote=true`");
    }

    @Test
    void an_address_that_others_can_reach_can_be_allowed() {
        assertThatCode(() -> LoopbackGuard.verify("quarkus.http.host", "0.0.0.0", true))
                .doesNotThrowAnyException();
    }
}
