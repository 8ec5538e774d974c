package dev.persona.agent.platform;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The names that parameters can have, as patterns with {@code *} for any characters; so that a rule that no parameter could
 * ever meet is noticed when it is read.
 */
public final class ParameterFamilies {
    /** A test holds each against the applier of its family. */
    public static final List<String> NAMES = List.of(
            "sysctl.*",
            "cpu.weight",
            "cpu.max",
            "cpu.affinity",
            "cpu.governor",
            "cpu.energy_performance_preference",
            "memory.low",
            "memory.high",
            "memory.max",
            "memory.swap.max",
            "io.weight",
            "io.max.*",
            "network.egress.rate",
            "network.egress.rate.*",
            "disk.scheduler.*",
            "disk.readahead.*",
            "vm.transparent_hugepage",
            "service.*",
            "security.ssh.password_authentication",
            "security.ssh.kbd_interactive_authentication",
            "security.ssh.permit_root_login",
            "security.ssh.max_auth_tries",
            "security.ssh.x11_forwarding",
            "security.ssh.allow_tcp_forwarding",
            "security.firewall.profile",
            "domain.*.vcpus",
            "domain.*.memory",
            "domain.*.cpu_shares",
            "file.*",
            "custom.*");

    /** How they begin. */
    static final List<String> STARTS = NAMES.stream()
            .map(name -> name.substring(0, name.indexOf('.') + 1))
            .distinct()
            .toList();

    private static final Pattern KEY_OF_SYSCTL = Pattern.compile("(vm|net|kernel|fs|user)[./].+");

    private ParameterFamilies() {}

    /** Whether some parameter may have a name that meets the pattern. */
    public static boolean mayMeet(String pattern) {
        return NAMES.stream().anyMatch(name -> mayMeet(pattern, name));
    }

    /** What was probably meant. */
    public static Optional<String> nearest(String pattern) {
        if (KEY_OF_SYSCTL.matcher(pattern).matches()) {
            return Optional.of("sysctl." + pattern);
        }
        Stream<String> wholeFamilies = STARTS.stream().map(start -> start + "*");
        return NearestName.to(
                pattern, Stream.concat(NAMES.stream(), wholeFamilies).toList());
    }

    /** Of two patterns only what comes before their first {@code *} is compared. */
    private static boolean mayMeet(String pattern, String name) {
        int star = pattern.indexOf('*');
        int starOfName = name.indexOf('*');
        if (star < 0 || starOfName < 0) {
            return star < 0
                    ? Glob.pattern(name).matcher(pattern).matches()
                    : Glob.pattern(pattern).matcher(name).matches();
        }
        String start = pattern.substring(0, star);
        String startOfName = name.substring(0, starOfName);
        return start.startsWith(startOfName) || startOfName.startsWith(start);
    }
}
