package dev.persona.server.parameter;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number with a unit, such as {@code 12GiB} or {@code 2.5 Gbit}. */
final class Quantity {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,18}(?:\\.[0-9]{1,9})?) ?([A-Za-z]*)");

    private Quantity() {}

    /**
     * The amount in the smallest unit, rounded down to a whole one.
     *
     * @param units how many of the smallest unit each unit is, by lower-case name; the empty name is that of a bare number
     * @return empty if it can't be read, or is negative or more than a {@code long} holds
     */
    static OptionalLong amount(JsonNode value, Map<String, BigDecimal> units) {
        if (value.isIntegralNumber()) {
            return value.canConvertToLong() && value.longValue() >= 0
                    ? OptionalLong.of(value.longValue())
                    : OptionalLong.empty();
        }
        if (!value.isTextual() || value.textValue().length() > 40) {
            return OptionalLong.empty();
        }
        Matcher form = FORM.matcher(value.textValue().strip());
        if (!form.matches() || !units.containsKey(form.group(2).toLowerCase(Locale.ROOT))) {
            return OptionalLong.empty();
        }
        BigDecimal amount = new BigDecimal(form.group(1))
                .multiply(units.get(form.group(2).toLowerCase(Locale.ROOT)))
                .setScale(0, RoundingMode.DOWN);
        return amount.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0
                ? OptionalLong.of(amount.longValueExact())
                : OptionalLong.empty();
    }

    static BigDecimal power(long base, int exponent) {
        return BigDecimal.valueOf(base).pow(exponent);
    }
}
