package dev.persona.server.persona;

import dev.persona.server.platform.ZoneConverter;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import java.time.ZoneId;

/** How many personas the server keeps, and how it reads them. */
@ConfigMapping(prefix = "persona.personas")
public interface PersonaConfig {

    /** How many personas can be stored; creating one more is refused with 429. */
    @WithDefault("10000")
    int limit();

    /** The time zone (IANA) of schedules that name none. */
    @WithDefault("UTC")
    @WithConverter(ZoneConverter.class)
    ZoneId defaultZone();
}
