package dev.persona.server.parameter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * CPU time in cores, or percent of one core as in systemd's {@code CPUQuota=}, or {@code max}: {@code 1.5} is
 * {@code "150%"}.
 *
 * <p>The least is 0.01 cores: the kernel takes no quota below 1 ms, of a period of 100 ms.
 */
record CoresType() implements ParameterType {
    private static final Pattern PERCENT = Pattern.compile("([0-9]{1,7}(?:\\.[0-9]{1,3})?) ?%");
    private static final BigDecimal LEAST = new BigDecimal("0.01");
    private static final BigDecimal MOST = new BigDecimal("8192");

    @Override
    public String expected() {
        return "cores from " + LEAST + " to " + MOST + ", percent of one core such as `150%`, or `max`";
    }

    @Override
    public Optional<JsonNode> canonical(JsonNode value) {
        if (MAX.equals(value.textValue())) {
            return Optional.of(value);
        }
        return cores(value)
                .filter(cores -> cores.compareTo(LEAST) >= 0 && cores.compareTo(MOST) <= 0)
                .map(cores -> DecimalNode.valueOf(plain(cores)));
    }

    private static Optional<BigDecimal> cores(JsonNode value) {
        if (value.isNumber()) {
            return Optional.of(value.decimalValue());
        }
        Matcher percent =
                PERCENT.matcher(value.isTextual() && value.textValue().length() <= 20 ? value.textValue() : "");
        return percent.matches() ? Optional.of(new BigDecimal(percent.group(1)).movePointLeft(2)) : Optional.empty();
    }

    private static BigDecimal plain(BigDecimal cores) {
        BigDecimal stripped = cores.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }

    @Override
    public ObjectNode schema() {
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        schema.putArray("type").add("number").add("string");
        return schema.put("minimum", LEAST)
                .put("maximum", MOST)
                .put("pattern", "^[0-9]{1,7}(\\.[0-9]{1,3})? ?%$|^max$");
    }
}
