package dev.persona.server.parameter;

import static dev.persona.server.parameter.Quantity.power;
import static java.util.Map.entry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;

/** Bits per second with the units of tc(8), save {@code bps}: that means bytes to tc and bits to everybody else. */
record BitRateType(Quantity rate) implements ParameterType {
    private static final Map<String, BigDecimal> UNITS = Map.ofEntries(
            entry("bit", power(1, 1)),
            entry("kbit", power(1000, 1)),
            entry("mbit", power(1000, 2)),
            entry("gbit", power(1000, 3)),
            entry("tbit", power(1000, 4)),
            entry("kibit", power(1024, 1)),
            entry("mibit", power(1024, 2)),
            entry("gibit", power(1024, 3)),
            entry("tibit", power(1024, 4)));

    /** From one bit rate to another, in bit/s. */
    static BitRateType between(long minimum, long maximum) {
        return new BitRateType(new Quantity(UNITS, "([KkMmGgTt][Ii]?)?[Bb][Ii][Tt]", minimum, maximum));
    }

    @Override
    public String expected() {
        return "a bit rate such as `2Gbit` or `500Mbit`, from " + rate.minimum() + " to " + rate.maximum() + " bit/s";
    }

    @Override
    public Optional<JsonNode> canonical(JsonNode value) {
        return rate.canonical(value);
    }

    @Override
    public ObjectNode schema() {
        return rate.schema("");
    }
}
