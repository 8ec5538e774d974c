package dev.persona.server.platform;

import java.time.DateTimeException;
import java.time.ZoneId;
import org.eclipse.microprofile.config.spi.Converter;

/** A configured time zone. */
public final class ZoneConverter implements Converter<ZoneId> {
    private static final long serialVersionUID = 1L;

    @Override
    public ZoneId convert(String text) {
        try {
            return ZoneId.of(text.strip());
        } catch (DateTimeException unknown) {
            throw new IllegalArgumentException("it is no time zone; write one of IANA's names, as in `Europe/Berlin`");
        }
    }
}
