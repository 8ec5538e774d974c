package dev.persona.agent.applier;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.agent.platform.Content;
import dev.persona.agent.platform.HostFiles;
import dev.persona.agent.platform.HostRoot;
import dev.persona.agent.platform.Snapshot;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * {@code sysctl.<key>}: kernel settings below {@code /proc/sys}, keys as sysctl(8) takes them.
 *
 * <p>Some keys come in pairs of which the kernel zeroes one when the other is written, and a zero can't be written back
 * (Documentation/admin-guide/sysctl/vm.rst: {@code dirty_bytes} is the counterpart of {@code dirty_ratio}). They are one
 * place, and a snapshot of either holds both, as lines of sysctl.conf(5).
 */
public final class SysctlApplier implements Applier {
    private static final String PREFIX = "sysctl.";
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_@:-][A-Za-z0-9_.@:/-]{0,199}");

    private static final Map<String, String> COUNTERPARTS = Stream.of(
                    List.of("vm/dirty_bytes", "vm/dirty_ratio"),
                    List.of("vm/dirty_background_bytes", "vm/dirty_background_ratio"),
                    List.of("vm/overcommit_kbytes", "vm/overcommit_ratio"))
            .flatMap(pair -> Stream.of(pair, List.of(pair.get(1), pair.get(0))))
            .collect(Collectors.toUnmodifiableMap(pair -> pair.get(0), pair -> pair.get(1)));

    /** Times in milliseconds are kept in ticks of the kernel's clock, of which there are at least 100 in a second. */
    private static final long LONGEST_TICK_MILLIS = 10;

    private final HostFiles files;
    private final HostRoot root;

    public SysctlApplier(HostFiles files, HostRoot root) {
        this.files = files;
        this.root = root;
    }

    @Override
    public boolean covers(String parameter) {
        return parameter.startsWith(PREFIX);
    }

    @Override
    public Support support(String parameter) throws IOException {
        Optional<String> name = name(parameter);
        if (name.isEmpty()) {
            return new Support.NotSupported("`" + parameter + "` names no key of sysctl(8)");
        }
        if (!parameter.equals(PREFIX + swapped(name.get()))) {
            return new Support.NotSupported("spell it `" + PREFIX + swapped(name.get()) + "`, so that it has one name");
        }
        return Support.unless(file(name.get()).whyUnusable());
    }

    @Override
    public Snapshot read(String parameter) throws IOException {
        String name = name(parameter).orElseThrow();
        Snapshot alone = file(name).read();
        Optional<KernelFile> counterpart = counterpart(name);
        if (counterpart.isEmpty() || alone.content().isEmpty()) {
            return alone;
        }
        Map<String, String> both = new TreeMap<>(Map.of(
                name,
                alone.shown().orElseThrow(),
                COUNTERPARTS.get(name),
                counterpart.get().text().orElse("0")));
        StringBuilder lines = new StringBuilder();
        both.forEach((key, value) -> lines.append(key + " = " + value + "\n"));
        return Snapshot.of(Content.of(lines.toString()));
    }

    @Override
    public void apply(String parameter, JsonNode value) throws IOException {
        file(name(parameter).orElseThrow()).write(KernelFile.scalar(parameter, value));
    }

    @Override
    public Verification verify(String parameter, JsonNode value) throws IOException {
        String wanted = KernelFile.scalar(parameter, value);
        Optional<String> actual = file(name(parameter).orElseThrow()).text();
        return new Verification(actual.isPresent() && same(parameter, wanted, actual.get()), actual);
    }

    @Override
    public void restore(String parameter, Snapshot original) throws IOException {
        String name = name(parameter).orElseThrow();
        if (counterpart(name).isEmpty() || original.content().isEmpty()) {
            file(name).restore(original);
            return;
        }
        List<String[]> settings = original.shown()
                .orElseThrow()
                .lines()
                .map(line -> line.split(" = ", 2))
                .toList();
        for (boolean zero : new boolean[] {false, true}) { // the one that is not zero zeroes the other
            for (String[] setting : settings) {
                if (setting[1].equals("0") == zero) {
                    file(setting[0]).restore(Snapshot.of(Content.of(setting[1] + "\n")));
                }
            }
        }
    }

    @Override
    public String place(String parameter) {
        return name(parameter)
                .filter(COUNTERPARTS::containsKey)
                .flatMap(name -> Stream.of(name, COUNTERPARTS.get(name)).min(Comparator.naturalOrder()))
                .map(name -> PREFIX + swapped(name))
                .orElse(parameter);
    }

    @Override
    public boolean isResetAtBoot(String parameter) {
        return true;
    }

    private KernelFile file(String name) {
        return new KernelFile(files, root.at("/proc/sys/" + name));
    }

    private Optional<KernelFile> counterpart(String name) throws IOException {
        if (!COUNTERPARTS.containsKey(name)) {
            return Optional.empty();
        }
        KernelFile file = file(COUNTERPARTS.get(name));
        return file.whyUnusable().isEmpty() ? Optional.of(file) : Optional.empty();
    }

    /**
     * The file's name below {@code /proc/sys}; empty if the key is none. As with sysctl(8) the first separator, dot or
     * slash, is the separator, and the other stands for itself: {@code net.ipv4.conf.eth0/100.forwarding}.
     */
    private static Optional<String> name(String parameter) {
        String key = parameter.substring(PREFIX.length());
        if (!KEY.matcher(key).matches()) {
            return Optional.empty();
        }
        int dot = key.indexOf('.');
        int slash = key.indexOf('/');
        boolean dotted = dot >= 0 && (slash < 0 || dot < slash);
        String name = dotted ? swapped(key) : key;
        boolean walks = Stream.of(name.split("/", -1))
                .anyMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
        return walks ? Optional.empty() : Optional.of(name);
    }

    private static String swapped(String key) {
        StringBuilder swapped = new StringBuilder(key.length());
        for (char c : key.toCharArray()) {
            swapped.append(c == '.' ? '/' : c == '/' ? '.' : c);
        }
        return swapped.toString();
    }

    private static boolean same(String parameter, String wanted, String actual) {
        String[] want = wanted.split("\\s+");
        String[] have = actual.split("\\s+");
        if (want.length != have.length) {
            return false;
        }
        for (int index = 0; index < want.length; index++) {
            if (!want[index].equals(have[index]) && !sameNumber(parameter, want[index], have[index])) {
                return false;
            }
        }
        return true;
    }

    private static boolean sameNumber(String parameter, String wanted, String actual) {
        try {
            return parameter.endsWith("_ms")
                    ? Math.abs(Long.parseLong(wanted) - Long.parseLong(actual)) < LONGEST_TICK_MILLIS
                    : new BigDecimal(wanted).compareTo(new BigDecimal(actual)) == 0;
        } catch (NumberFormatException noNumber) {
            return false;
        }
    }
}
