package dev.persona.server.platform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.persona.server.persona.PersonaConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

/** Pins what holds when nothing is configured. */
class ConfigDefaultsTest {

    @Test
    void the_api_takes_documents_of_a_mebibyte_and_needs_no_if_match() {
        ApiConfig config = defaults(ApiConfig.class);

        assertThat(config.maxDocumentSize().asLongValue()).isEqualTo(1_048_576);
        assertThat(config.maxNestingDepth()).isEqualTo(32);
        assertThat(config.requireIfMatch()).isFalse();
    }

    @Test
    void the_server_is_for_its_own_host_only() {
        assertThat(defaults(SecurityConfig.class).allowRemote()).isFalse();
    }

    @Test
    void ten_thousand_personas_fit_and_schedules_are_in_utc() {
        PersonaConfig config = defaults(PersonaConfig.class);

        assertThat(config.limit()).isEqualTo(10_000);
        assertThat(config.defaultZone()).isEqualTo(ZoneId.of("UTC"));
    }

    private static <T> T defaults(Class<T> mapping) {
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(mapping)
                .build()
                .getConfigMapping(mapping);
    }
}
