package dev.persona.agent.applier;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.agent.platform.Content;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;

/** How a control file of cgroups(7) takes a canonical value, and when what it shows is that value. */
enum CgroupControl {
    /** A whole number 1..10000. */
    WEIGHT {
        @Override
        String text(String parameter, JsonNode value) throws UnusableValueException {
            return weight(parameter, value);
        }
    },

    /** A weight per device, of which only the default is set: {@code default 100}. */
    DEFAULT_WEIGHT {
        @Override
        String text(String parameter, JsonNode value) throws UnusableValueException {
            return DEFAULT + weight(parameter, value);
        }

        @Override
        boolean shows(String wanted, String actual) {
            return actual.lines().anyMatch(line -> super.shows(wanted, line));
        }

        /** The kernel takes one line at a time, and only the default was changed. */
        @Override
        Content writable(Content original) {
            return original.shown()
                    .lines()
                    .filter(line -> line.startsWith(DEFAULT))
                    .findFirst()
                    .map(line -> Content.of(line + "\n"))
                    .orElse(original);
        }
    },

    /** Cores, as a quota of microseconds in each period of 100 ms; {@code max} is no limit. */
    BANDWIDTH {
        @Override
        String text(String parameter, JsonNode value) throws UnusableValueException {
            if (isMax(value)) {
                return "max " + PERIOD_MICROS;
            }
            BigDecimal cores = number(parameter, value, CORES);
            if (cores.compareTo(LEAST_CORES) < 0 || cores.compareTo(MOST_CORES) > 0) {
                throw new UnusableValueException(parameter, KernelFile.excerpt(value), CORES);
            }
            BigDecimal quota = cores.multiply(BigDecimal.valueOf(PERIOD_MICROS)).setScale(0, RoundingMode.HALF_UP);
            return quota.toPlainString() + " " + PERIOD_MICROS;
        }
    },

    /** A list of CPUs: {@code 0-3,8}. */
    CPUS {
        @Override
        String text(String parameter, JsonNode value) throws UnusableValueException {
            String list = KernelFile.scalar(parameter, value);
            try {
                CpuList.parse(list);
            } catch (IllegalArgumentException notAList) {
                throw new UnusableValueException(parameter, KernelFile.excerpt(value), "a list of CPUs like `0-3,8`");
            }
            return list;
        }

        @Override
        boolean shows(String wanted, String actual) {
            try {
                return CpuList.parse(wanted).equals(CpuList.parse(actual));
            } catch (IllegalArgumentException notAList) {
                return false;
            }
        }
    },

    /** Bytes, which the kernel rounds down to whole pages, or {@code max}. */
    BYTES {
        @Override
        String text(String parameter, JsonNode value) throws UnusableValueException {
            if (isMax(value)) {
                return "max";
            }
            BigDecimal bytes = number(parameter, value, SIZE);
            if (bytes.signum() < 0
                    || bytes.stripTrailingZeros().scale() > 0
                    || bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
                throw new UnusableValueException(parameter, KernelFile.excerpt(value), SIZE);
            }
            return bytes.toBigIntegerExact().toString();
        }

        @Override
        boolean shows(String wanted, String actual) {
            if (super.shows(wanted, actual)) {
                return true;
            }
            try {
                long rounded = Long.parseLong(wanted) - Long.parseLong(actual);
                return rounded > 0 && rounded < LARGEST_PAGE_BYTES;
            } catch (NumberFormatException max) {
                return false;
            }
        }
    };

    private static final String DEFAULT = "default ";
    private static final String CORES = "a number of cores 0.01..100000, or `max`";
    private static final String SIZE = "a whole number of bytes, or `max`";
    private static final int MOST_WEIGHT = 10_000;
    private static final int PERIOD_MICROS = 100_000;

    /** The kernel's least quota is 1 ms. */
    private static final BigDecimal LEAST_CORES = new BigDecimal("0.01");

    private static final BigDecimal MOST_CORES = BigDecimal.valueOf(100_000);

    /** Pages have 4 KiB on x86 and up to 64 KiB on Arm and POWER. */
    private static final long LARGEST_PAGE_BYTES = 65_536;

    /**
     * What to write for a canonical value.
     *
     * @throws UnusableValueException if the parameter can't take it
     */
    abstract String text(String parameter, JsonNode value) throws UnusableValueException;

    /** Whether the file shows what was written. */
    boolean shows(String wanted, String actual) {
        return Arrays.equals(wanted.split("\\s+"), actual.strip().split("\\s+"));
    }

    /** What to write so that the file shows its original again. */
    Content writable(Content original) {
        return original;
    }

    private static boolean isMax(JsonNode value) {
        return value.isTextual() && value.textValue().equals("max");
    }

    private static String weight(String parameter, JsonNode value) throws UnusableValueException {
        if (!value.isIntegralNumber()
                || !value.canConvertToInt()
                || value.intValue() < 1
                || value.intValue() > MOST_WEIGHT) {
            throw new UnusableValueException(parameter, KernelFile.excerpt(value), "a whole number 1.." + MOST_WEIGHT);
        }
        return value.asText();
    }

    private static BigDecimal number(String parameter, JsonNode value, String expected) throws UnusableValueException {
        if (!value.isNumber()) {
            throw new UnusableValueException(parameter, KernelFile.excerpt(value), expected);
        }
        return value.decimalValue();
    }
}
