package dev.persona.agent.applier;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.agent.platform.Content;
import dev.persona.agent.platform.Snapshot;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * {@code domain.<name>.vcpus}, {@code .memory} and {@code .cpu_shares}: resources of a virtual machine that runs on this
 * host, by virsh(1). Its persistent definition is left alone, so a machine that starts again has its own resources again.
 */
public final class DomainApplier implements Applier {
    private static final Pattern NAME =
            Pattern.compile("domain\\.([A-Za-z0-9_][A-Za-z0-9_.:@+-]*)\\.(vcpus|memory|cpu_shares)");
    private static final long KIB = 1024;
    private static final int LOOKS = 100;
    private static final long PAUSE_MILLIS = 200;

    private final Tool virsh;
    private final String uri;
    private final Pause pause;

    /** Lets some time pass; tests let none. */
    @FunctionalInterface
    interface Pause {
        Pause REAL = Thread::sleep;

        void millis(long millis) throws InterruptedException;
    }

    /** @param uri of the hypervisor, as in {@code qemu:///system} */
    DomainApplier(Tool virsh, String uri, Pause pause) {
        this.virsh = virsh;
        this.uri = uri;
        this.pause = pause;
    }

    @Override
    public boolean covers(String parameter) {
        return NAME.matcher(parameter).matches();
    }

    @Override
    public Support support(String parameter) throws IOException {
        Optional<String> why = virsh.whyMissing();
        if (why.isPresent()) {
            return new Support.NotSupported(why.get());
        }
        Optional<Map<String, String>> domain = domain(parameter);
        if (domain.isEmpty()) {
            return new Support.NotSupported("`" + uri + "` has no virtual machine `" + name(parameter) + "`");
        }
        if (!isRunning(domain)) {
            return new Support.NotSupported("the virtual machine `" + name(parameter) + "` is "
                    + domain.get().get("State") + "; start it");
        }
        return Support.unless(
                read(parameter).content().isPresent()
                        ? Optional.empty()
                        : Optional.of("the hypervisor of `" + uri + "` has no `" + resource(parameter) + "`"));
    }

    @Override
    public Snapshot read(String parameter) throws IOException {
        Optional<Map<String, String>> domain = domain(parameter);
        Optional<String> value = isRunning(domain)
                ? switch (resource(parameter)) {
                    case "vcpus" -> Optional.ofNullable(domain.get().get("CPU(s)"));
                    case "memory" -> kib(domain.get(), "Used memory");
                    default -> shares(parameter);
                }
                : Optional.empty();
        return value.map(text -> Snapshot.of(Content.of(text))).orElseGet(Snapshot::absent);
    }

    @Override
    public void apply(String parameter, JsonNode value) throws IOException {
        set(parameter, text(parameter, value));
    }

    @Override
    public Verification verify(String parameter, JsonNode value) throws IOException {
        String wanted = text(parameter, value);
        Optional<String> actual = read(parameter).shown();
        return new Verification(
                actual.equals(Optional.of(wanted)),
                resource(parameter).equals("memory") ? actual.map(kib -> kib + " KiB") : actual);
    }

    @Override
    public void restore(String parameter, Snapshot original) throws IOException {
        Snapshot now = read(parameter);
        if (now.content().isPresent() && original.content().isPresent() && !now.equals(original)) {
            set(parameter, original.shown().orElseThrow());
        }
    }

    @Override
    public boolean isResetAtBoot(String parameter) {
        return true;
    }

    private void set(String parameter, String value) throws IOException {
        switch (resource(parameter)) {
            case "vcpus" -> virsh("setvcpus", parameter, "--count", value, "--live");
            case "memory" -> {
                virsh("setmem", parameter, "--size", value, "--live");
                awaitBalloon(parameter, value);
            }
            default -> virsh("schedinfo", parameter, "--set", "cpu_shares=" + value);
        }
    }

    /** A guest gives and takes memory at its own pace. */
    private void awaitBalloon(String parameter, String kib) throws IOException {
        for (int look = 0; look < LOOKS && !read(parameter).shown().equals(Optional.of(kib)); look++) {
            try {
                pause.millis(PAUSE_MILLIS);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while a guest changed its memory", interrupted);
            }
        }
    }

    private String text(String parameter, JsonNode value) throws IOException {
        String resource = resource(parameter);
        boolean memory = resource.equals("memory");
        long least = memory ? KIB : 1;
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < least) {
            throw new UnusableValueException(
                    parameter,
                    KernelFile.excerpt(value),
                    "a whole number" + (memory ? " of bytes" : "") + " from " + least);
        }
        if (!memory) {
            return value.asText();
        }
        long kib = value.longValue() / KIB;
        Optional<Long> most =
                domain(parameter).flatMap(domain -> kib(domain, "Max memory")).map(Long::valueOf);
        if (most.isPresent() && kib > most.get()) {
            throw new UnusableValueException(
                    parameter, value.asText(), "at most " + most.get() * KIB + " bytes, the maximum of this machine");
        }
        return Long.toString(kib);
    }

    /** What {@code dominfo} tells; empty if there is no such machine. */
    private Optional<Map<String, String>> domain(String parameter) throws IOException {
        Commands.Completion shown = virsh.run("-c", uri, "dominfo", "--domain", name(parameter));
        if (shown.exitCode() != 0 && shown.errors().contains("failed to get domain")) {
            return Optional.empty();
        }
        if (shown.exitCode() != 0) {
            throw new CommandFailedException("virsh", shown);
        }
        return Optional.of(fields(shown.output()));
    }

    private static boolean isRunning(Optional<Map<String, String>> domain) {
        return domain.filter(shown -> "running".equals(shown.get("State"))).isPresent();
    }

    private static Optional<String> kib(Map<String, String> domain, String field) {
        return Optional.ofNullable(domain.get(field)).map(text -> text.replace(" KiB", ""));
    }

    private Optional<String> shares(String parameter) throws IOException {
        return Optional.ofNullable(fields(virsh("schedinfo", parameter)).get("cpu_shares"));
    }

    private String virsh(String command, String parameter, String... more) throws IOException {
        String[] arguments = {"-c", uri, command, "--domain", name(parameter)};
        return virsh.output(
                Stream.concat(Arrays.stream(arguments), Arrays.stream(more)).toArray(String[]::new));
    }

    private static Map<String, String> fields(String text) {
        return text.lines()
                .map(line -> line.split(":", 2))
                .filter(line -> line.length == 2)
                .collect(Collectors.toMap(line -> line[0].strip(), line -> line[1].strip(), (first, again) -> first));
    }

    private static String name(String parameter) {
        return part(parameter, 1);
    }

    private static String resource(String parameter) {
        return part(parameter, 2);
    }

    private static String part(String parameter, int group) {
        var matcher = NAME.matcher(parameter);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("`" + parameter + "` is none of this family");
        }
        return matcher.group(group);
    }
}
