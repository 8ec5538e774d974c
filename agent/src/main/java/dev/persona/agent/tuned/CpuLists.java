package dev.persona.agent.tuned;

import java.math.BigInteger;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Lists of CPUs as TuneD writes them: {@code 0-3,^2}, hexadecimal masks {@code 0xff,00000001}. */
final class CpuLists {
    /** The largest number of a CPU that Linux can be built for is below this. */
    private static final int LIMIT = 8_192;

    private CpuLists() {}

    /** The CPUs of a list; none if it can't be read. */
    static SortedSet<Integer> parse(String list) {
        SortedSet<Integer> cpus = new TreeSet<>();
        SortedSet<Integer> without = new TreeSet<>();
        try {
            for (String part : list.replaceAll("['\"]", "").strip().split(",")) {
                String entry = part.strip();
                if (entry.matches("(?i)0x[0-9a-f]+")) {
                    cpus.addAll(ofMask(new BigInteger(entry.substring(2), 16)));
                } else if (entry.startsWith("^") || entry.startsWith("!")) {
                    without.addAll(range(entry.substring(1)));
                } else if (!entry.isEmpty()) {
                    cpus.addAll(range(entry));
                }
            }
        } catch (NumberFormatException noList) {
            return new TreeSet<>();
        }
        cpus.removeAll(without);
        return cpus;
    }

    private static SortedSet<Integer> range(String text) {
        String[] ends = text.split("-", 2);
        int first = Integer.parseInt(ends[0].strip());
        int last = ends.length > 1 ? Integer.parseInt(ends[1].strip()) : first;
        if (first < 0 || last >= LIMIT) {
            throw new NumberFormatException(text);
        }
        SortedSet<Integer> range = new TreeSet<>();
        for (int cpu = first; cpu <= last; cpu++) {
            range.add(cpu);
        }
        return range;
    }

    static SortedSet<Integer> ofMask(BigInteger mask) {
        SortedSet<Integer> cpus = new TreeSet<>();
        for (int bit = mask.getLowestSetBit(); bit >= 0 && bit < LIMIT; bit = nextSetBit(mask, bit + 1)) {
            cpus.add(bit);
        }
        return cpus;
    }

    private static int nextSetBit(BigInteger mask, int from) {
        int next = mask.shiftRight(from).getLowestSetBit();
        return next < 0 ? -1 : from + next;
    }

    /** One by one: {@code 0,1,2}. */
    static String unpacked(SortedSet<Integer> cpus) {
        return cpus.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    /** As ranges: {@code 0-2}. */
    static String packed(SortedSet<Integer> cpus) {
        StringBuilder packed = new StringBuilder();
        int first = -1;
        int last = -1;
        for (int cpu : cpus) {
            if (cpu != last + 1 || first < 0) {
                close(packed, first, last);
                first = cpu;
            }
            last = cpu;
        }
        close(packed, first, last);
        return packed.toString();
    }

    private static void close(StringBuilder packed, int first, int last) {
        if (first >= 0) {
            packed.append(packed.isEmpty() ? "" : ",").append(first).append(first == last ? "" : "-" + last);
        }
    }

    /** As a mask of words of eight hexadecimal digits: {@code 00000001,000000ff}. */
    static String mask(SortedSet<Integer> cpus) {
        BigInteger mask = BigInteger.ZERO;
        for (int cpu : cpus) {
            mask = mask.setBit(cpu);
        }
        String digits = mask.toString(16);
        String padded = "0".repeat((8 - digits.length() % 8) % 8) + digits;
        return padded.replaceAll("(.{8})(?!$)", "$1,");
    }
}
