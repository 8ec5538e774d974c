package dev.persona.server.parameter;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.server.platform.Faults;
import dev.persona.server.platform.NearestName;
import dev.persona.server.platform.Shown;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Every parameter that personas may set, with its type, unit and bounds.
 *
 * <p>Bounds are those of the kernel or program that takes the value; what the owner of a host permits is up to its agent.
 */
@ApplicationScoped
public class ParameterCatalogue {
    /** What lies directly below {@code /proc/sys}. */
    private static final Set<String> SYSCTL_FOLDERS =
            Set.of("abi", "crypto", "debug", "dev", "fs", "kernel", "net", "user", "vm");

    private static final String CGROUP = "admin-guide/cgroup-v2.rst";
    private static final String CPUFREQ = "admin-guide/pm/cpufreq.rst";
    private static final String BLOCK_QUEUE = "ABI/stable/sysfs-block";

    private static final ParameterType WEIGHT = new IntegerType(1, 10_000);
    private static final ParameterType BYTES_OR_MAX = ByteSizeType.atLeast(0, true);
    private static final ParameterType RATE_OR_MAX = ByteSizeType.atLeast(1, true);
    private static final ParameterType OPERATIONS_OR_MAX = new IntegerType(1, Long.MAX_VALUE, true);
    private static final ParameterType BIT_RATE = BitRateType.between(1_000, 200_000_000_000L);

    private static final List<ParameterDefinition> DEFINITIONS = List.of(
            new ParameterDefinition(
                    "cpu.weight", WEIGHT, "", "Share of CPU time while others want it too; 100 is usual.", CGROUP),
            new ParameterDefinition(
                    "cpu.max", new CoresType(), "cores", "Most CPU time, also while nobody else wants it.", CGROUP),
            new ParameterDefinition("cpu.affinity", new CpuListType(), "", "CPUs to run on: `cpuset.cpus`.", CGROUP),
            new ParameterDefinition(
                    "cpu.governor",
                    ChoiceType.of("performance", "powersave", "userspace", "ondemand", "conservative", "schedutil"),
                    "",
                    "How the frequency of all CPUs is chosen: `scaling_governor`.",
                    CPUFREQ),
            new ParameterDefinition(
                    "cpu.energy_performance_preference",
                    ChoiceType.of("default", "performance", "balance_performance", "balance_power", "power"),
                    "",
                    "What the processor itself prefers where it chooses its frequency.",
                    "admin-guide/pm/intel_pstate.rst"),
            new ParameterDefinition("memory.low", BYTES_OR_MAX, "bytes", "Memory that is reclaimed last.", CGROUP),
            new ParameterDefinition(
                    "memory.high", BYTES_OR_MAX, "bytes", "Memory above which processes are slowed down.", CGROUP),
            new ParameterDefinition(
                    "memory.max", BYTES_OR_MAX, "bytes", "Memory above which processes are killed.", CGROUP),
            new ParameterDefinition("memory.swap.max", BYTES_OR_MAX, "bytes", "Most swap space.", CGROUP),
            new ParameterDefinition("io.weight", WEIGHT, "", "Share of every block device; 100 is usual.", CGROUP),
            new ParameterDefinition(
                    "io.max.<device>",
                    ObjectType.of(Map.of(
                            "rbps", RATE_OR_MAX,
                            "wbps", RATE_OR_MAX,
                            "riops", OPERATIONS_OR_MAX,
                            "wiops", OPERATIONS_OR_MAX)),
                    "",
                    "Most bytes (rbps, wbps) and operations (riops, wiops) per second read from and written to a device.",
                    CGROUP),
            new ParameterDefinition(
                    "network.egress.rate",
                    BIT_RATE,
                    "bit/s",
                    "Most traffic out of the interface that has the default route.",
                    "tc-tbf(8)"),
            new ParameterDefinition(
                    "network.egress.rate.<interface>",
                    BIT_RATE,
                    "bit/s",
                    "Most traffic out of an interface.",
                    "tc-tbf(8)"),
            new ParameterDefinition(
                    "disk.scheduler.<device>",
                    ChoiceType.of("none", "mq-deadline", "kyber", "bfq"),
                    "",
                    "Order in which requests reach a device: `queue/scheduler`.",
                    "block/switching-sched.rst"),
            new ParameterDefinition(
                    "disk.readahead.<device>",
                    new IntegerType(0, 1_048_576),
                    "KiB",
                    "How far a device reads ahead: `queue/read_ahead_kb`.",
                    BLOCK_QUEUE),
            new ParameterDefinition(
                    "vm.transparent_hugepage",
                    ChoiceType.of("always", "madvise", "never"),
                    "",
                    "Who gets huge pages without asking.",
                    "admin-guide/mm/transhuge.rst"),
            new ParameterDefinition(
                    "sysctl.<key>",
                    new ScalarType(false, true),
                    "",
                    "A kernel setting under /proc/sys, as the key takes it.",
                    "admin-guide/sysctl/index.rst"),
            new ParameterDefinition(
                    "service.<unit>",
                    new AlternativeType(
                            ChoiceType.of("started", "stopped"),
                            ObjectType.of(Map.of(
                                    "state", ChoiceType.of("started", "stopped"),
                                    "cpu_weight", WEIGHT,
                                    "cpu_max", new CoresType(),
                                    "memory_low", BYTES_OR_MAX,
                                    "memory_high", BYTES_OR_MAX,
                                    "memory_max", BYTES_OR_MAX,
                                    "memory_swap_max", BYTES_OR_MAX,
                                    "io_weight", WEIGHT,
                                    "tasks_max", new IntegerType(1, Long.MAX_VALUE, true)))),
                    "",
                    "Whether a systemd unit runs, and the resources that it gets.",
                    "systemd.resource-control(5)"),
            new ParameterDefinition(
                    "security.ssh.password_authentication",
                    new BooleanType(),
                    "",
                    "Whether users may log in over SSH with a password.",
                    "sshd_config(5)"),
            new ParameterDefinition(
                    "security.ssh.kbd_interactive_authentication",
                    new BooleanType(),
                    "",
                    "Whether users may log in over SSH by what PAM asks them, passwords among it.",
                    "sshd_config(5)"),
            new ParameterDefinition(
                    "security.ssh.x11_forwarding",
                    new BooleanType(),
                    "",
                    "Whether users may show windows of this host at home.",
                    "sshd_config(5)"),
            new ParameterDefinition(
                    "security.ssh.allow_tcp_forwarding",
                    new BooleanType(),
                    "",
                    "Whether users may tunnel connections through this host.",
                    "sshd_config(5)"),
            new ParameterDefinition(
                    "security.ssh.permit_root_login",
                    ChoiceType.of("yes", "no", "prohibit-password", "forced-commands-only"),
                    "",
                    "How root may log in over SSH.",
                    "sshd_config(5)"),
            new ParameterDefinition(
                    "security.ssh.max_auth_tries",
                    new IntegerType(1, 100),
                    "",
                    "How often a client may try to authenticate on one connection.",
                    "sshd_config(5)"),
            new ParameterDefinition(
                    "security.firewall.profile",
                    TextType.name(),
                    "",
                    "Name of an nftables ruleset that the agent's own configuration declares.",
                    "nft(8)"),
            new ParameterDefinition(
                    "domain.<name>.vcpus",
                    new IntegerType(1, 4_096),
                    "CPUs",
                    "Virtual CPUs of a virtual machine on this host.",
                    "virsh(1), setvcpus"),
            new ParameterDefinition(
                    "domain.<name>.memory",
                    ByteSizeType.atLeast(1_048_576, false),
                    "bytes",
                    "Memory of a virtual machine on this host.",
                    "virsh(1), setmem"),
            new ParameterDefinition(
                    "domain.<name>.cpu_shares",
                    new IntegerType(1, 262_144),
                    "",
                    "Share of CPU time of a virtual machine on this host.",
                    "virsh(1), schedinfo"),
            new ParameterDefinition(
                    "file.<name>",
                    TextType.content(65_536),
                    "",
                    "Content of a file that the agent's own configuration declares: path, owner, mode, reload command.",
                    "the agent's own configuration"),
            new ParameterDefinition(
                    "custom.<name>",
                    new ScalarType(true, false),
                    "",
                    "Value for commands that the agent's own configuration declares: read, apply, verify.",
                    "the agent's own configuration"));

    private static final List<Family> FAMILIES = DEFINITIONS.stream()
            .map(definition -> new Family(new NameTemplate(definition.name()), definition))
            .toList();

    /** All definitions, families of one kernel subsystem together. */
    public List<ParameterDefinition> definitions() {
        return DEFINITIONS;
    }

    /** The definition of a parameter, absent if nobody knows the name. */
    public Optional<ParameterDefinition> find(String name) {
        return FAMILIES.stream()
                .filter(family -> family.template.matches(name))
                .map(Family::definition)
                .findFirst();
    }

    /**
     * Adds what is wrong with a parameter of a persona: an unknown name, or a value out of its type or bounds.
     *
     * @param pointer JSON pointer to the value
     */
    public void check(String name, JsonNode value, String pointer, Faults faults) {
        find(name)
                .ifPresentOrElse(
                        definition -> definition.type().check(name, value, pointer, faults),
                        () -> faults.add(pointer, "unknown parameter `" + Shown.text(name) + "`; " + remedy(name)));
    }

    /**
     * The value as agents understand it, see {@code docs/decisions/0003}: bytes, bit/s and cores as numbers, CPU lists as
     * the kernel shows them, {@code max} as it is. Absent if {@link #check} finds a fault.
     */
    public Optional<JsonNode> canonical(String name, JsonNode value) {
        return find(name).flatMap(definition -> definition.type().canonical(value));
    }

    private static String remedy(String name) {
        Optional<String> rule = FAMILIES.stream()
                .filter(family -> family.template.claims(name))
                .flatMap(family -> family.template.rule().stream())
                .findFirst();
        if (name.length() > NameTemplate.LONGEST) {
            return "names have at most " + NameTemplate.LONGEST + " characters";
        }
        return rule.or(() -> bareSysctl(name))
                .or(() -> NearestName.to(
                                name,
                                FAMILIES.stream()
                                        .map(family -> family.template.resembling(name))
                                        .toList())
                        .map(nearest -> "did you mean `" + nearest + "`?"))
                .orElse("`GET /parameters` lists those that there are");
    }

    /** For those who write a key of sysctl(8) as that command takes it. */
    private static Optional<String> bareSysctl(String name) {
        return SYSCTL_FOLDERS.contains(name.split("[./]", 2)[0])
                ? Optional.of("did you mean `sysctl." + name + "`?")
                : Optional.empty();
    }

    private record Family(NameTemplate template, ParameterDefinition definition) {}
}
