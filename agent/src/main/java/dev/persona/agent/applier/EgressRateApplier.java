package dev.persona.agent.applier;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.agent.platform.Content;
import dev.persona.agent.platform.HostFiles;
import dev.persona.agent.platform.HostRoot;
import dev.persona.agent.platform.Snapshot;
import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * {@code network.egress.rate} and {@code network.egress.rate.<interface>}: most bits per second out of an interface, by a
 * tc-tbf(8) as its root qdisc, which lets 10 ms worth of traffic through at once and holds back 50 ms more.
 *
 * <p>A root qdisc that the kernel chose by itself comes back by itself when ours is deleted, and a plain one can be put
 * back by what tc shows of it. One with classes and filters would be lost: that interface is not supported.
 *
 * <p>Ours are known by their handle. Without an interface, that of the default route is meant, which can become another one:
 * therefore the handle for it also says that the interface had the kernel's own choice before, so that all of them can be put
 * back wherever they are found.
 */
public final class EgressRateApplier implements Applier {
    private static final String BY_ROUTE = "network.egress.rate";
    private static final String BY_NAME = BY_ROUTE + ".";
    private static final String HANDLE_BY_ROUTE = "5048:";
    private static final String HANDLE_BY_NAME = "5049:";
    private static final String EXPECTED = "a whole number of bit/s from 1000 to 200000000000";
    private static final BigInteger LEAST = BigInteger.valueOf(1_000);

    /** tc counts the bytes that 50 ms can hold in 32 bits. */
    private static final BigInteger MOST = BigInteger.valueOf(200_000_000_000L);

    private static final long LEAST_BURST_BYTES = 16_384;
    private static final String NO_ROOT = "default";

    /** As the kernel takes it; nothing that tc could take for an option or a keyword's end. */
    private static final Pattern INTERFACE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.:@-]{0,14}");

    private final HostFiles files;
    private final HostRoot root;
    private final Tool tc;

    EgressRateApplier(HostFiles files, HostRoot root, Tool tc) {
        this.files = files;
        this.root = root;
        this.tc = tc;
    }

    @Override
    public boolean covers(String parameter) {
        return parameter.equals(BY_ROUTE) || parameter.startsWith(BY_NAME);
    }

    @Override
    public Support support(String parameter) throws IOException {
        Optional<String> why = tc.whyMissing();
        if (why.isPresent()) {
            return new Support.NotSupported(why.get());
        }
        Optional<String> device = device(parameter);
        if (device.isEmpty()) {
            return new Support.NotSupported(
                    parameter.equals(BY_ROUTE)
                            ? "this host has no default route; name the interface, as in `" + BY_NAME + "eth0`"
                            : "`" + parameter + "` names no network interface");
        }
        Optional<Qdisc.Roots> roots = roots(device.get());
        return roots.isEmpty()
                ? new Support.NotSupported("this host has no network interface `" + device.get() + "`")
                : Support.unless(whyNotReplaceable(parameter, device.get(), roots.get()));
    }

    /** The default route's: {@link #NO_ROOT}, or interface and qdisc. By name: {@link #NO_ROOT}, or the qdisc. */
    @Override
    public Snapshot read(String parameter) throws IOException {
        if (parameter.equals(BY_ROUTE)) {
            return Snapshot.of(Content.of(marked().stream()
                    .map(qdisc -> qdisc.device() + " " + qdisc.arguments())
                    .findFirst()
                    .orElse(NO_ROOT)));
        }
        Optional<String> device = device(parameter);
        Optional<Qdisc.Roots> roots = device.isEmpty() ? Optional.empty() : roots(device.get());
        return roots.map(found -> Snapshot.of(
                        Content.of(found.isDefault() ? NO_ROOT : found.root().arguments())))
                .orElseGet(Snapshot::absent);
    }

    @Override
    public void apply(String parameter, JsonNode value) throws IOException {
        BigInteger rate = rate(parameter, value);
        String device = device(parameter).orElseThrow(() -> new IOException("this host has no default route"));
        Qdisc.Roots roots =
                roots(device).orElseThrow(() -> new IOException("this host has no network interface `" + device + "`"));
        Optional<String> why = whyNotReplaceable(parameter, device, roots);
        if (why.isPresent()) { // since it was planned
            throw new IOException(why.get());
        }
        if (parameter.equals(BY_ROUTE)) {
            deleteMarked(device);
        }
        long burst = Math.max(LEAST_BURST_BYTES, rate.longValueExact() / 8 / 100);
        replace(device, "handle " + handle(parameter) + " tbf rate " + rate + "bit burst " + burst + " latency 50ms");
    }

    @Override
    public Verification verify(String parameter, JsonNode value) throws IOException {
        BigInteger bytesPerSecond = rate(parameter, value).shiftRight(3); // as the kernel keeps it
        Optional<String> device = device(parameter);
        List<Qdisc> ours = parameter.equals(BY_ROUTE) ? marked() : named(parameter, device);
        boolean holds = ours.size() == 1
                && Optional.of(ours.get(0).device()).equals(device)
                && ours.get(0).isTbfOf(bytesPerSecond);
        return new Verification(
                holds,
                Optional.of(
                        ours.isEmpty()
                                ? "no rate"
                                : String.join(
                                        ", ", ours.stream().map(Qdisc::shown).toList())));
    }

    @Override
    public void restore(String parameter, Snapshot original) throws IOException {
        String wanted = original.shown().orElse(NO_ROOT);
        if (parameter.equals(BY_ROUTE)) {
            String[] place = wanted.split(" ", 2);
            deleteMarked(place[0]);
            if (!wanted.equals(NO_ROOT) && roots(place[0]).isPresent()) {
                replace(place[0], place[1]);
            }
            return;
        }
        String device = device(parameter).orElseThrow();
        Optional<Qdisc.Roots> now = roots(device);
        if (now.isEmpty() || read(parameter).shown().equals(Optional.of(wanted))) {
            return;
        }
        Optional<String> why = whyNotReplaceable(parameter, device, now.get());
        if (why.isPresent()) {
            throw new IOException(why.get());
        }
        if (wanted.equals(NO_ROOT)) {
            delete(device);
        } else {
            replace(device, wanted);
        }
    }

    @Override
    public boolean isResetAtBoot(String parameter) {
        return true;
    }

    private Optional<String> whyNotReplaceable(String parameter, String device, Qdisc.Roots roots) {
        boolean ours = roots.root().handle().equals(handle(parameter))
                && roots.root().kind().equals("tbf");
        boolean plain = parameter.startsWith(BY_NAME) && roots.root().isPlain() && !isOtherParameters(parameter, roots);
        if (ours || plain || roots.isDefault()) {
            return Optional.empty();
        }
        return Optional.of("`" + device + "` has the qdisc `" + roots.shown() + "`"
                + (isOtherParameters(parameter, roots)
                        ? " of the same parameter with or without the interface's name; set one of the two"
                        : ", which could not be put back as it was; delete it with `tc qdisc del dev " + device
                                + " root`, or leave the rate to who set it"));
    }

    private static boolean isOtherParameters(String parameter, Qdisc.Roots roots) {
        return roots.root().handle().equals(parameter.equals(BY_ROUTE) ? HANDLE_BY_NAME : HANDLE_BY_ROUTE);
    }

    private static String handle(String parameter) {
        return parameter.equals(BY_ROUTE) ? HANDLE_BY_ROUTE : HANDLE_BY_NAME;
    }

    private List<Qdisc> named(String parameter, Optional<String> device) throws IOException {
        Optional<Qdisc.Roots> roots = device.isEmpty() ? Optional.empty() : roots(device.get());
        return roots.map(Qdisc.Roots::root)
                .filter(qdisc -> qdisc.handle().equals(handle(parameter)))
                .map(List::of)
                .orElse(List.of());
    }

    /** The roots of the default route's interface, and of those that had it before. */
    private List<Qdisc> marked() throws IOException {
        return Qdisc.parse(tc.output("-j", "qdisc", "show"), "").stream()
                .filter(qdisc -> qdisc.isRoot() && qdisc.handle().equals(HANDLE_BY_ROUTE))
                .toList();
    }

    private void deleteMarked(String except) throws IOException {
        for (Qdisc qdisc : marked()) {
            if (!qdisc.device().equals(except)) {
                delete(qdisc.device());
            }
        }
    }

    private void delete(String device) throws IOException {
        tc.output("qdisc", "del", "dev", device, "root");
    }

    private void replace(String device, String arguments) throws IOException {
        tc.output(Stream.concat(Stream.of("qdisc", "replace", "dev", device, "root"), Stream.of(arguments.split(" ")))
                .toArray(String[]::new));
    }

    /** Empty if there is no such interface. */
    private Optional<Qdisc.Roots> roots(String device) throws IOException {
        Commands.Completion shown = tc.run("-j", "qdisc", "show", "dev", device);
        if (shown.exitCode() != 0 && shown.errors().contains("Cannot find device")) {
            return Optional.empty();
        }
        if (shown.exitCode() != 0) {
            throw new CommandFailedException("tc", shown);
        }
        return Qdisc.Roots.of(Qdisc.parse(shown.output(), device));
    }

    private Optional<String> device(String parameter) throws IOException {
        Optional<String> device = parameter.equals(BY_ROUTE)
                ? new Routes(files, root).defaultInterface()
                : Optional.of(parameter.substring(BY_NAME.length()));
        return device.filter(name -> INTERFACE.matcher(name).matches());
    }

    private static BigInteger rate(String parameter, JsonNode value) throws UnusableValueException {
        if (value.isIntegralNumber()) {
            BigInteger rate = value.bigIntegerValue();
            if (rate.compareTo(LEAST) >= 0 && rate.compareTo(MOST) <= 0) {
                return rate;
            }
        }
        throw new UnusableValueException(parameter, KernelFile.excerpt(value), EXPECTED);
    }
}
