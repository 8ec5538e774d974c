package dev.persona.agent.applier;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.agent.platform.HostConfig;
import dev.persona.agent.platform.HostFiles;
import dev.persona.agent.platform.HostRoot;
import dev.persona.agent.platform.Snapshot;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code cpu.*}, {@code memory.*} and {@code io.weight}: the resources of one control group of the version 2 hierarchy,
 * the kernel's Documentation/admin-guide/cgroup-v2.rst.
 */
public final class CgroupApplier implements Applier {
    private static final Map<String, CgroupControl> CONTROLS = Map.of(
            "cpu.weight", CgroupControl.WEIGHT,
            "cpu.max", CgroupControl.BANDWIDTH,
            "cpu.affinity", CgroupControl.CPUS,
            "memory.low", CgroupControl.BYTES,
            "memory.high", CgroupControl.BYTES,
            "memory.max", CgroupControl.BYTES,
            "memory.swap.max", CgroupControl.BYTES,
            "io.weight", CgroupControl.DEFAULT_WEIGHT);

    /** Limits that hold memory back, from the mildest to the one that kills. */
    private static final List<String> MEMORY_LIMITS =
            List.of("memory.low", "memory.high", "memory.max", "memory.swap.max");

    private final ControlGroup group;

    public CgroupApplier(HostFiles files, HostRoot root, HostConfig.Cgroup config) {
        this.group = new ControlGroup(files, root, config);
    }

    @Override
    public boolean covers(String parameter) {
        return CONTROLS.containsKey(parameter);
    }

    @Override
    public Support support(String parameter) throws IOException {
        return Support.unless(group.whyUnusable(name(parameter)));
    }

    @Override
    public Snapshot read(String parameter) throws IOException {
        return file(parameter).read();
    }

    @Override
    public void apply(String parameter, JsonNode value) throws IOException {
        String text = control(parameter).text(parameter, value);
        file(parameter).write(text);
    }

    @Override
    public Verification verify(String parameter, JsonNode value) throws IOException {
        String wanted = control(parameter).text(parameter, value);
        Optional<String> actual = file(parameter).text();
        return new Verification(actual.isPresent() && control(parameter).shows(wanted, actual.get()), actual);
    }

    @Override
    public void restore(String parameter, Snapshot original) throws IOException {
        if (!group.isGone()) {
            file(parameter)
                    .restore(original.content()
                            .map(control(parameter)::writable)
                            .map(Snapshot::of)
                            .orElse(original));
        }
    }

    /** Control groups live in the kernel's memory only. */
    @Override
    public boolean isResetAtBoot(String parameter) {
        return true;
    }

    /**
     * Memory limits grow from the outermost inwards and shrink from the mildest outwards, growth first: so the group is
     * never nearer to its end than before or after. The kernel reclaims at {@code memory.high} and kills at {@code
     * memory.max}.
     */
    @Override
    public int precedence(String parameter, String from, String to) {
        int rank = MEMORY_LIMITS.indexOf(parameter) + 1;
        return bytes(to).compareTo(bytes(from)) > 0 ? -rank : rank;
    }

    private static BigDecimal bytes(String text) {
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException max) {
            return BigDecimal.valueOf(Long.MAX_VALUE);
        }
    }

    private static CgroupControl control(String parameter) {
        return CONTROLS.get(parameter);
    }

    private KernelFile file(String parameter) throws IOException {
        return group.file(name(parameter));
    }

    private static String name(String parameter) {
        return parameter.equals("cpu.affinity") ? "cpuset.cpus" : parameter;
    }
}
