package dev.persona.server.parameter;

import static dev.persona.server.parameter.Quantity.power;
import static java.util.Map.entry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;

/**
 * A number of bytes, or {@code max}: a bare number counts bytes, {@code K} and {@code KiB} are 1024 as in the kernel and
 * systemd, {@code kB} is 1000 as in the SI.
 *
 * @param unlimited whether {@code max} is taken
 */
record ByteSizeType(Quantity size, boolean unlimited) implements ParameterType {
    private static final Map<String, BigDecimal> UNITS = Map.ofEntries(
            entry("", power(1, 1)),
            entry("b", power(1, 1)),
            entry("k", power(1024, 1)),
            entry("m", power(1024, 2)),
            entry("g", power(1024, 3)),
            entry("t", power(1024, 4)),
            entry("p", power(1024, 5)),
            entry("kib", power(1024, 1)),
            entry("mib", power(1024, 2)),
            entry("gib", power(1024, 3)),
            entry("tib", power(1024, 4)),
            entry("pib", power(1024, 5)),
            entry("kb", power(1000, 1)),
            entry("mb", power(1000, 2)),
            entry("gb", power(1000, 3)),
            entry("tb", power(1000, 4)),
            entry("pb", power(1000, 5)));

    /** @param minimum in bytes */
    static ByteSizeType atLeast(long minimum, boolean unlimited) {
        return new ByteSizeType(new Quantity(UNITS, "([KkMmGgTtPp]?([Ii]?[Bb])?)", minimum, Long.MAX_VALUE), unlimited);
    }

    @Override
    public String expected() {
        return "bytes such as `12GiB` or 1048576"
                + (size.minimum() > 0 ? " and at least " + size.minimum() : "")
                + (unlimited ? ", or `max`" : "");
    }

    @Override
    public Optional<JsonNode> canonical(JsonNode value) {
        return unlimited && MAX.equals(value.textValue()) ? Optional.of(value) : size.canonical(value);
    }

    @Override
    public ObjectNode schema() {
        return size.schema(unlimited ? "|^max$" : "");
    }
}
