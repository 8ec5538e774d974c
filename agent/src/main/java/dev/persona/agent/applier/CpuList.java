package dev.persona.agent.applier;

import java.util.BitSet;

/** Lists of CPUs as the kernel writes them, cpuset(7): {@code 0-3,8}. */
final class CpuList {
    private static final int MOST_CPUS = 8_192;

    private CpuList() {}

    /** @throws IllegalArgumentException if it is none */
    static BitSet parse(String list) {
        BitSet cpus = new BitSet();
        for (String range : list.strip().split(",")) {
            if (range.isBlank()) {
                continue;
            }
            String[] ends = range.strip().split("-", 2);
            int first = Integer.parseInt(ends[0]);
            int last = Integer.parseInt(ends[ends.length - 1]);
            if (first < 0 || last < first || last >= MOST_CPUS) {
                throw new IllegalArgumentException("no range of CPUs: " + range);
            }
            cpus.set(first, last + 1);
        }
        return cpus;
    }
}
