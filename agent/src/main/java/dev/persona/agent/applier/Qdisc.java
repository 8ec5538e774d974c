package dev.persona.agent.applier;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A queueing discipline of a network interface, as {@code tc -j qdisc show} prints it.
 *
 * @param handle as in {@code 8001:}; {@code 0:} if the kernel chose it by itself
 */
record Qdisc(String device, String kind, String handle, boolean isRoot, JsonNode options) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String BY_KERNEL = "0:";

    /** They hang beside the root, not below it. */
    private static final Set<String> BESIDE_THE_ROOT = Set.of("ingress", "clsact");

    /**
     * What an interface sends through.
     *
     * @param chosen those below the root that somebody else than the kernel chose
     */
    record Roots(Qdisc root, List<Qdisc> chosen) {

        /** Empty if there is no root, as of an interface that is gone. */
        static Optional<Roots> of(List<Qdisc> qdiscs) {
            return qdiscs.stream()
                    .filter(Qdisc::isRoot)
                    .findFirst()
                    .map(root -> new Roots(
                            root,
                            qdiscs.stream()
                                    .filter(qdisc -> !qdisc.isRoot
                                            && !qdisc.handle.equals(BY_KERNEL)
                                            && !BESIDE_THE_ROOT.contains(qdisc.kind))
                                    .toList()));
        }

        /** Whether the kernel chose everything by itself, and would again. */
        boolean isDefault() {
            return root.handle.equals(BY_KERNEL) && chosen.isEmpty();
        }

        String shown() {
            Qdisc shown = root.handle.equals(BY_KERNEL) && !chosen.isEmpty() ? chosen.get(0) : root;
            return shown.kind + " " + shown.handle;
        }
    }

    /**
     * @param device that tc was asked for, which it then leaves out
     * @throws IOException if it isn't tc's
     */
    static List<Qdisc> parse(String json, String device) throws IOException {
        try {
            List<Qdisc> qdiscs = new ArrayList<>();
            for (JsonNode qdisc : JSON.readTree(json.isBlank() ? "[]" : json)) {
                qdiscs.add(new Qdisc(
                        qdisc.path("dev").asText(device),
                        qdisc.path("kind").asText(),
                        qdisc.path("handle").asText(),
                        qdisc.path("root").asBoolean(),
                        qdisc.path("options")));
            }
            return qdiscs;
        } catch (JsonProcessingException notJson) {
            throw new IOException("`tc -j` printed no JSON; it is of an iproute2 before 4.20, or said more than fits");
        }
    }

    /** Whether {@link #arguments} make exactly this one again. */
    boolean isPlain() {
        return switch (kind) {
            case "pfifo", "bfifo" -> hasOnly("limit");
            case "tbf" -> hasOnly("rate", "burst", "lat");
            default -> false;
        };
    }

    private boolean hasOnly(String... names) {
        List<String> found = new ArrayList<>();
        options.fieldNames().forEachRemaining(found::add);
        return Set.copyOf(found).equals(Set.of(names));
    }

    /** What tc(8) takes to make one like this, as far as {@link #isPlain} goes. */
    String arguments() {
        String of = "handle " + handle + " " + kind;
        return switch (kind) {
            case "pfifo", "bfifo" -> of + " limit " + options.path("limit").asText();
            case "tbf" ->
                of + " rate " + bytesPerSecond().shiftLeft(3) + "bit burst "
                        + options.path("burst").asText() + " latency "
                        + options.path("lat").asText() + "us";
            default -> of;
        };
    }

    boolean isTbfOf(BigInteger bytesPerSecond) {
        return kind.equals("tbf") && bytesPerSecond().equals(bytesPerSecond);
    }

    /** For people. */
    String shown() {
        return kind.equals("tbf") ? bytesPerSecond().shiftLeft(3) + " bit/s on " + device : kind + " on " + device;
    }

    private BigInteger bytesPerSecond() {
        return options.path("rate").bigIntegerValue();
    }
}
