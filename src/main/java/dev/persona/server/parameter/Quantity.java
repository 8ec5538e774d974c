package dev.persona.server.parameter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number with a unit, such as {@code 12GiB} or {@code 2.5 Gbit}, between two bounds.
 *
 * @param units how many of the smallest unit each unit is, by lower-case name; the empty name is that of a bare number
 * @param unitForm the units in any case, as a regular expression
 * @param minimum in the smallest unit
 * @param maximum in the smallest unit
 */
record Quantity(Map<String, BigDecimal> units, String unitForm, long minimum, long maximum) {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,18}(?:\\.[0-9]{1,9})?) ?([A-Za-z]*)");

    /** The amount in the smallest unit, rounded down to a whole one; empty if it can't be read or is out of bounds. */
    Optional<JsonNode> canonical(JsonNode value) {
        return amount(value)
                .filter(amount -> amount.compareTo(BigDecimal.valueOf(minimum)) >= 0
                        && amount.compareTo(BigDecimal.valueOf(maximum)) <= 0)
                .map(amount -> LongNode.valueOf(amount.longValueExact()));
    }

    private Optional<BigDecimal> amount(JsonNode value) {
        if (value.isIntegralNumber()) {
            return Optional.of(value).filter(JsonNode::canConvertToLong).map(JsonNode::decimalValue);
        }
        if (!value.isTextual() || value.textValue().length() > 40) {
            return Optional.empty();
        }
        Matcher form = FORM.matcher(value.textValue().strip());
        return form.matches()
                ? Optional.ofNullable(units.get(form.group(2).toLowerCase(Locale.ROOT)))
                        .map(unit ->
                                new BigDecimal(form.group(1)).multiply(unit).setScale(0, RoundingMode.DOWN))
                : Optional.empty();
    }

    /** @param others forms of text that are taken too, each beginning with {@code |} */
    ObjectNode schema(String others) {
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        schema.putArray("type").add("integer").add("string");
        schema.put("minimum", minimum);
        if (maximum < Long.MAX_VALUE) {
            schema.put("maximum", maximum);
        }
        return schema.put("pattern", "^[0-9]+(\\.[0-9]+)? ?" + unitForm + "$" + others);
    }

    static BigDecimal power(long base, int exponent) {
        return BigDecimal.valueOf(base).pow(exponent);
    }
}
