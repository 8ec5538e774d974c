package dev.persona.agent.platform;

import java.math.BigDecimal;
import org.eclipse.microprofile.config.spi.Converter;

/** A configured bound of a parameter: a bare number, because the same rule may be for bytes, bit/s and cores. */
public final class BoundConverter implements Converter<BigDecimal> {
    private static final long serialVersionUID = 1L;

    @Override
    public BigDecimal convert(String text) {
        try {
            return new BigDecimal(text.strip());
        } catch (NumberFormatException noNumber) {
            throw new IllegalArgumentException(
                    "write a number without a unit: of bytes, bit/s or cores, as in 2147483648 for 2 GiB");
        }
    }
}
