package dev.persona.server.parameter;

import static dev.persona.server.parameter.Quantity.power;
import static java.util.Map.entry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Bits per second with the units of tc(8), save {@code bps}: that means bytes to tc and bits to everybody else.
 *
 * @param minimum in bit/s
 * @param maximum in bit/s
 */
record BitRateType(long minimum, long maximum) implements ParameterType {
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

    @Override
    public String expected() {
        return "a bit rate such as `2Gbit` or `500Mbit`, from " + minimum + " to " + maximum + " bit/s";
    }

    @Override
    public Optional<JsonNode> canonical(JsonNode value) {
        OptionalLong bits = Quantity.amount(value, UNITS);
        return bits.isPresent() && bits.getAsLong() >= minimum && bits.getAsLong() <= maximum
                ? Optional.of(LongNode.valueOf(bits.getAsLong()))
                : Optional.empty();
    }

    @Override
    public ObjectNode schema() {
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        schema.putArray("type").add("integer").add("string");
        return schema.put("minimum", minimum)
                .put("maximum", maximum)
                .put("pattern", "^[0-9]+(\\.[0-9]+)? ?([KkMmGgTt][Ii]?)?[Bb][Ii][Tt]$");
    }
}
