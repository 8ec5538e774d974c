package dev.persona.agent.applier;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A resource of a unit, systemd.resource-control(5).
 *
 * @param directive as a unit's file has it
 * @param property as {@code systemctl show} has it
 */
record UnitResource(String directive, String property, Form form) {
    private static final String INFINITY = "infinity";
    private static final BigDecimal MOST_CORES = BigDecimal.valueOf(100_000);
    private static final long MOST_WEIGHT = 10_000;

    /** How the values of a resource are written. */
    private enum Form {
        WEIGHT,
        /** A whole number, or {@code max}. */
        AMOUNT,
        /** Cores, or {@code max}. */
        CORES
    }

    static final Map<String, UnitResource> BY_NAME = Map.of(
            "cpu_weight", of("CPUWeight", Form.WEIGHT),
            "cpu_max", new UnitResource("CPUQuota", "CPUQuotaPerSecUSec", Form.CORES),
            "memory_low", of("MemoryLow", Form.AMOUNT),
            "memory_high", of("MemoryHigh", Form.AMOUNT),
            "memory_max", of("MemoryMax", Form.AMOUNT),
            "memory_swap_max", of("MemorySwapMax", Form.AMOUNT),
            "io_weight", of("IOWeight", Form.WEIGHT),
            "tasks_max", of("TasksMax", Form.AMOUNT));

    /** {@code 1min 4s 500ms}, systemd.time(7). */
    private static final Pattern SPAN = Pattern.compile("([0-9.]+)(us|ms|s|min|h|d)");

    private static final Map<String, BigDecimal> SECONDS = Map.of(
            "us",
            new BigDecimal("0.000001"),
            "ms",
            new BigDecimal("0.001"),
            "s",
            BigDecimal.ONE,
            "min",
            BigDecimal.valueOf(60),
            "h",
            BigDecimal.valueOf(3_600),
            "d",
            BigDecimal.valueOf(86_400));

    private static UnitResource of(String name, Form form) {
        return new UnitResource(name, name, form);
    }

    /** The value in one form: a number, or {@code infinity}; empty if it can't take it. */
    Optional<String> wanted(JsonNode value) {
        if ("max".equals(value.textValue())) {
            return Optional.of(INFINITY).filter(infinity -> form != Form.WEIGHT);
        }
        if (!value.isNumber()) {
            return Optional.empty();
        }
        if (form == Form.CORES) {
            // systemd takes hundredths of a percent
            BigDecimal cores = value.decimalValue();
            return cores.signum() > 0 && cores.compareTo(MOST_CORES) <= 0
                    ? Optional.of(plain(cores.setScale(4, RoundingMode.HALF_UP)))
                            .filter(rounded -> !rounded.equals("0"))
                    : Optional.empty();
        }
        boolean whole = value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >= 0;
        boolean weight = whole && value.longValue() >= 1 && value.longValue() <= MOST_WEIGHT;
        return Optional.of(value.asText()).filter(number -> form == Form.WEIGHT ? weight : whole);
    }

    /** As a unit's file has it. */
    String line(String wanted) {
        if (form != Form.CORES) {
            return directive + "=" + wanted;
        }
        return directive + "=" + (wanted.equals(INFINITY) ? "" : plain(new BigDecimal(wanted).movePointRight(2)) + "%");
    }

    /** What {@code systemctl show} shows, in the form of {@link #wanted}. */
    String shown(String text) {
        if (form != Form.CORES || text.equals(INFINITY)) {
            return text;
        }
        BigDecimal seconds = BigDecimal.ZERO;
        for (Matcher span = SPAN.matcher(text); span.find(); ) {
            seconds = seconds.add(new BigDecimal(span.group(1)).multiply(SECONDS.get(span.group(2))));
        }
        return plain(seconds);
    }

    private static String plain(BigDecimal number) {
        return number.stripTrailingZeros().toPlainString();
    }
}
