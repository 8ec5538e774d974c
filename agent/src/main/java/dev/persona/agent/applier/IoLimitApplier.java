package dev.persona.agent.applier;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.agent.platform.Content;
import dev.persona.agent.platform.HostConfig;
import dev.persona.agent.platform.HostFiles;
import dev.persona.agent.platform.HostRoot;
import dev.persona.agent.platform.Snapshot;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code io.max.<device>}: most bytes and operations per second that the control group may have of a disk, the kernel's
 * Documentation/admin-guide/cgroup-v2.rst.
 *
 * <p>A value sets all four limits: those that it doesn't name become {@code max}, so that the outcome does not depend on
 * what was in force before.
 */
public final class IoLimitApplier implements Applier {
    private static final String PREFIX = "io.max.";
    private static final String MAX = "max";
    private static final List<String> LIMITS = List.of("rbps", "wbps", "riops", "wiops");
    private static final String EXPECTED =
            "an object of `rbps`, `wbps`, `riops` and `wiops`, each a whole number from 1 or `max`";

    /** The kernel keeps operations in 32 bits and takes what is more for no limit. */
    private static final BigInteger UNLIMITED_OPERATIONS = BigInteger.valueOf(0xFFFF_FFFFL);

    private final HostFiles files;
    private final HostRoot root;
    private final ControlGroup group;

    public IoLimitApplier(HostFiles files, HostRoot root, HostConfig.Cgroup config) {
        this.files = files;
        this.root = root;
        this.group = new ControlGroup(files, root, config);
    }

    @Override
    public boolean covers(String parameter) {
        return parameter.startsWith(PREFIX);
    }

    @Override
    public Support support(String parameter) throws IOException {
        Optional<String> why = device(parameter).whyMissing();
        return Support.unless(why.isPresent() ? why : group.whyUnusable("io.max"));
    }

    @Override
    public Snapshot read(String parameter) throws IOException {
        Optional<String> number = device(parameter).number();
        Optional<String> limits =
                group.isGone() ? Optional.empty() : group.file("io.max").text();
        if (number.isEmpty() || limits.isEmpty()) {
            return Snapshot.absent();
        }
        String prefix = number.get() + " ";
        return Snapshot.of(Content.of(limits.get()
                .lines()
                .filter(line -> line.startsWith(prefix))
                .map(line -> line.substring(prefix.length()).strip())
                .findFirst()
                .orElseGet(() -> text(Map.of()))));
    }

    @Override
    public void apply(String parameter, JsonNode value) throws IOException {
        write(parameter, limits(parameter, value));
    }

    @Override
    public Verification verify(String parameter, JsonNode value) throws IOException {
        String wanted = limits(parameter, value);
        Optional<String> actual = read(parameter).shown();
        return new Verification(actual.equals(Optional.of(wanted)), actual);
    }

    @Override
    public void restore(String parameter, Snapshot original) throws IOException {
        Snapshot now = read(parameter);
        if (now.content().isPresent() && original.content().isPresent() && !now.equals(original)) {
            write(parameter, original.shown().orElseThrow());
        }
    }

    @Override
    public boolean isResetAtBoot(String parameter) {
        return true;
    }

    private void write(String parameter, String limits) throws IOException {
        String number = device(parameter)
                .number()
                .orElseThrow(() -> new IOException("`" + parameter + "`: the device is gone"));
        group.file("io.max").write(number + " " + limits);
    }

    private static String limits(String parameter, JsonNode value) throws UnusableValueException {
        if (!value.isObject() || value.isEmpty()) {
            throw new UnusableValueException(parameter, KernelFile.excerpt(value), EXPECTED);
        }
        Map<String, String> limits = new HashMap<>();
        for (Map.Entry<String, JsonNode> field : value.properties()) {
            String limit = limit(field.getKey(), field.getValue());
            if (limit.isEmpty()) {
                throw new UnusableValueException(parameter, KernelFile.excerpt(value), EXPECTED);
            }
            limits.put(field.getKey(), limit);
        }
        return text(limits);
    }

    /** Empty if it is none. */
    private static String limit(String name, JsonNode value) {
        if (MAX.equals(value.textValue())) {
            return LIMITS.contains(name) ? MAX : "";
        }
        if (!LIMITS.contains(name) || !value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 1) {
            return "";
        }
        BigInteger limit = value.bigIntegerValue();
        return name.endsWith("iops") && limit.compareTo(UNLIMITED_OPERATIONS) >= 0 ? MAX : limit.toString();
    }

    /** As the kernel shows them. */
    private static String text(Map<String, String> limits) {
        List<String> text = new ArrayList<>();
        LIMITS.forEach(name -> text.add(name + "=" + limits.getOrDefault(name, MAX)));
        return String.join(" ", text);
    }

    private BlockDevice device(String parameter) {
        return new BlockDevice(files, root, parameter.substring(PREFIX.length()));
    }
}
