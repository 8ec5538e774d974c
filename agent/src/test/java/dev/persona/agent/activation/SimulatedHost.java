package dev.persona.agent.activation;

import static dev.persona.agent.activation.Configurations.decision;
import static dev.persona.agent.activation.Configurations.persona;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.agent.applier.Appliers;
import dev.persona.agent.applier.Commands;
import dev.persona.agent.applier.Programs;
import dev.persona.agent.applier.SimulatedPrograms;
import dev.persona.agent.platform.DeclaredHost;
import dev.persona.agent.platform.Failure;
import dev.persona.agent.platform.HostConfig;
import dev.persona.agent.platform.HostRoot;
import dev.persona.agent.platform.Ownership;
import dev.persona.agent.platform.Permission;
import dev.persona.agent.platform.SimulatedFiles;
import dev.persona.agent.platform.TurnedClock;
import dev.persona.agent.protocol.ServerMessage.Setting;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A host in memory with parameters of every family, on which a story takes place: decisions, a pin, a rollback, a resume. A
 * service and the SSH daemon read their files when they are reloaded; a mode is kept by a program.
 */
final class SimulatedHost implements Commands {
    private static final HostRoot ROOT = SimulatedPrograms.ROOT;
    private static final Path STATE = Path.of("/state");
    private static final Path SERVICE_FILE = ROOT.at("/etc/service.conf");
    private static final Path BOOT_ID = ROOT.at("/proc/sys/kernel/random/boot_id");
    private static final String GROUP = "/sys/fs/cgroup/db.slice/";
    private static final String CPUFREQ = "/sys/devices/system/cpu/cpufreq/";
    private static final Ownership ROOTS = new Ownership(0, 0, 0644);
    private static final Path JOURNAL = STATE.resolve("originals.journal");
    private static final Map<Map<String, JsonNode>, SimulatedHost> UNDISTURBED = new HashMap<>();

    /** What the host begins with, by path. */
    static final Map<String, String> FILES = files();

    private static Map<String, String> files() {
        Map<String, String> files = new TreeMap<>();
        files.put("/proc/sys/vm/swappiness", "60\n");
        files.put("/proc/sys/vm/dirty_ratio", "20\n");
        files.put("/proc/sys/vm/dirty_bytes", "0\n");
        files.put("/proc/sys/net/ipv4/tcp_rmem", "4096\t131072\t6291456\n");
        files.put(GROUP + "cpu.weight", "100\n");
        files.put(GROUP + "cpu.max", "max 100000\n");
        files.put(GROUP + "memory.high", "max\n");
        files.put(GROUP + "memory.max", "max\n");
        files.put(GROUP + "io.weight", "default 100\n");
        files.put(GROUP + "io.max", "259:0 rbps=1048576 wbps=max riops=max wiops=max\n");
        files.put("/sys/block/sda/dev", "8:0\n");
        files.put("/sys/block/sda/queue/scheduler", "none [mq-deadline] kyber\n");
        files.put("/sys/block/sda/queue/read_ahead_kb", "128\n");
        files.put("/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
        files.put("/sys/devices/system/cpu/present", "0-3\n");
        for (String policy : List.of("policy0", "policy2")) {
            files.put(CPUFREQ + policy + "/scaling_governor", "powersave\n");
            files.put(CPUFREQ + policy + "/scaling_available_governors", "performance powersave schedutil\n");
            files.put(CPUFREQ + policy + "/energy_performance_preference", "balance_performance\n");
            files.put(
                    CPUFREQ + policy + "/energy_performance_available_preferences",
                    "default performance balance_performance balance_power power\n");
        }
        files.put("/proc/net/route", Programs.routeBy("eth0"));
        files.put("/run/tc/eth0", Programs.qdisc("eth0", "fq_codel", "0:", ""));
        files.put("/run/tc/eth1", Programs.qdisc("eth1", "pfifo", "8001:", "\"limit\":77"));
        files.put("/run/systemctl/nginx.service", Programs.unit("nginx.service", "loaded", "active"));
        files.put("/run/systemctl/backup.service", Programs.unit("backup.service", "loaded", "inactive"));
        files.put("/run/virsh/web", Programs.domain("web", "running", "cpu_shares     : 1024\n"));
        files.put("/etc/ssh/sshd_config", "Include /etc/ssh/sshd_config.d/*.conf\nX11Forwarding yes\n");
        files.put("/etc/ssh/sshd_config.d/50-cloud-init.conf", "PasswordAuthentication yes\n");
        files.put("/etc/persona-agent/lockdown.nft", "chain input {\n  type filter hook input priority 0; drop;\n}\n");
        files.put("/etc/persona-agent/office.nft", "chain input {\n  type filter hook input priority 0;\n}\n");
        return files;
    }

    /** Parameters of every family, each with values that it takes. */
    static final Map<String, List<?>> VALUES = Map.ofEntries(
            entry("sysctl.vm.swappiness", List.of(1, 60, 100)),
            entry("sysctl.vm.dirty_bytes", List.of(1_048_576, 2_097_152)),
            entry("sysctl.vm.dirty_ratio", List.of(5, 20)),
            entry("sysctl.net.ipv4.tcp_rmem", List.of("4096 65536 1048576", "1 2 3")),
            entry("cpu.weight", List.of(7, 100, 800)),
            entry("cpu.governor", List.of("performance", "powersave")),
            entry("cpu.energy_performance_preference", List.of("power", "balance_power")),
            entry("memory.high", List.of(1_048_576, "max")),
            entry("memory.max", List.of(2_097_152, "max")),
            entry("io.max.sda", List.of(Map.of("rbps", 1_000_000), Map.of("wiops", 100))),
            entry("disk.scheduler.sda", List.of("none", "kyber", "mq-deadline")),
            entry("disk.readahead.sda", List.of(256, 130)),
            entry("vm.transparent_hugepage", List.of("always", "never")),
            entry("network.egress.rate", List.of(2_000_000, 3_000_000)),
            entry("network.egress.rate.eth1", List.of(1000, 500_000_000)),
            entry(
                    "service.nginx",
                    List.of("stopped", Map.of("cpu_weight", 200), Map.of("state", "stopped", "cpu_max", 1.5))),
            entry("security.ssh.password_authentication", List.of(false)),
            entry("security.ssh.permit_root_login", List.of("no", "yes")),
            entry("security.firewall.profile", List.of("lockdown", "office")),
            entry("domain.web.vcpus", List.of(1, 4)),
            entry("domain.web.memory", List.of(1_073_741_824, 4_294_967_296L)),
            entry("domain.web.cpu_shares", List.of(2, 2048)),
            entry("file.service", List.of("one\n", "two\n")),
            entry("file.fresh", List.of("a", "b")),
            entry("custom.mode", List.of("calm", "busy")));

    /** One thing that happens to the agent. */
    interface Event {
        void happen(Enforcement enforcement);
    }

    static final List<Event> STORY = List.of(
            enforcement -> enforcement.enforce(decision(
                    1,
                    Map.ofEntries(
                            entry("sysctl.vm.swappiness", 10),
                            entry("sysctl.vm.dirty_bytes", 1_048_576),
                            entry("memory.high", 4_194_304),
                            entry("cpu.governor", "performance"),
                            entry("disk.scheduler.sda", "kyber"),
                            entry("network.egress.rate", 2_000_000),
                            entry("service.nginx", Map.of("cpu_weight", 200)),
                            entry("security.ssh.password_authentication", false),
                            entry("file.service", "one"),
                            entry("custom.mode", "calm")))),
            enforcement -> enforcement.remember(List.of(persona(
                    "lockdown",
                    5,
                    Map.of(
                            "cpu.weight",
                            7,
                            "file.service",
                            "locked",
                            "security.firewall.profile",
                            "lockdown",
                            "security.ssh.permit_root_login",
                            "no",
                            "service.nginx",
                            "stopped")))),
            enforcement -> enforcement.enforce(decision(
                    2,
                    Map.ofEntries(
                            entry("sysctl.vm.swappiness", 20),
                            entry("sysctl.vm.dirty_ratio", 10),
                            entry("sysctl.net.ipv4.tcp_rmem", "4096 65536 1048576"),
                            entry("memory.high", 8_388_608),
                            entry("memory.max", 16_777_216),
                            entry("io.max.sda", Map.of("rbps", 1_000_000, "wiops", 100)),
                            entry("cpu.governor", "powersave"),
                            entry("cpu.energy_performance_preference", "power"),
                            entry("disk.readahead.sda", 256),
                            entry("vm.transparent_hugepage", "never"),
                            entry("network.egress.rate.eth1", 500_000_000),
                            entry("service.nginx", Map.of("state", "started", "memory_high", 1_073_741_824)),
                            entry("domain.web.vcpus", 4),
                            entry("domain.web.memory", 1_073_741_824),
                            entry("file.fresh", "two")))),
            enforcement -> enforcement.pin("lockdown", "alice", "incident", Optional.of(Duration.ofHours(1))),
            enforcement -> enforcement.enforce(decision(
                    3,
                    Map.ofEntries(
                            entry("sysctl.vm.swappiness", 20),
                            entry("memory.high", 1_048_576),
                            entry("memory.max", 2_097_152),
                            entry("cpu.governor", "performance"),
                            entry("network.egress.rate", 3_000_000),
                            entry("security.firewall.profile", "office"),
                            entry("domain.web.cpu_shares", 2048),
                            entry("file.service", "three"),
                            entry("custom.mode", "busy")))),
            enforcement -> enforcement.unpin("lockdown"),
            enforcement -> enforcement.rollback("bob", "maintenance", Optional.empty()),
            enforcement -> enforcement.resume(),
            enforcement -> enforcement.correct(new CorrectionLimit(3, Duration.ofHours(1))),
            Enforcement::lapse,
            Enforcement::withdraw,
            Enforcement::recover,
            enforcement -> enforcement.enforce(decision(4, Map.of())));

    /** Made when it is first asked for. */
    private static final class LongJournal {
        static final String TEXT = longJournal();
    }

    final SimulatedFiles files = new SimulatedFiles(ROOT.folder());
    final TurnedClock clock = new TurnedClock();
    private final SimulatedPrograms programs = new SimulatedPrograms(files);
    private String mode = "plain";
    private String serviceReads;

    SimulatedHost() {
        FILES.forEach((path, text) -> files.put(ROOT.at(path), text, ROOTS));
        files.put(BOOT_ID, "boot-0\n", ROOTS);
        files.put(SERVICE_FILE, "as installed\n", new Ownership(7, 8, 0640));
        boot();
    }

    /** Services start with what their files hold. */
    private void boot() {
        serviceReads = files.text(SERVICE_FILE).orElse("");
        programs.run(List.of("systemctl", "try-reload-or-restart", "ssh.service"));
    }

    /** A new process of the agent. */
    Enforcement start() {
        HostConfig config = new DeclaredHost(
                        ROOT.folder(),
                        STATE,
                        DeclaredHost.Group.of("db.slice"),
                        DeclaredHost.Permit.all("*"),
                        Map.of(
                                "service",
                                        DeclaredHost.File.at("/etc/service.conf")
                                                .reloadedBy("reload-service"),
                                "fresh", DeclaredHost.File.at("/etc/fresh")),
                        Map.of("mode", DeclaredHost.Custom.of(List.of("get-mode"), List.of("set-mode", "{value}"))))
                .withProfiles(Map.of(
                        "lockdown", "/etc/persona-agent/lockdown.nft",
                        "office", "/etc/persona-agent/office.nft"));
        return new Enforcement(
                files, ROOT, STATE, Appliers.of(config, files, this), new Permission(config.permit()), clock);
    }

    /** The names of the kernel files that are written meanwhile, in order. */
    List<String> writesOf(Runnable change) {
        List<String> writes = new ArrayList<>();
        files.meet(
                (operation, what, path) -> {
                    if (what.equals("write")) {
                        writes.add(path.getFileName().toString());
                    }
                },
                new SplittableRandom(1));
        change.run();
        return writes;
    }

    /** The journal is nearly as long as it gets before it is compacted. */
    SimulatedHost withLongJournal() {
        files.put(JOURNAL, LongJournal.TEXT, new Ownership(0, 0, 0600));
        return this;
    }

    /** Of an agent that set and took back a file often. */
    private static String longJournal() {
        SimulatedHost host = new SimulatedHost();
        Enforcement enforcement = host.start();
        for (long revision = 1; host.files.text(JOURNAL).map(String::length).orElse(0) < 65_000; revision++) {
            enforcement.enforce(decision(revision, Map.of("file.fresh", "again")));
            enforcement.enforce(decision(++revision, Map.of()));
        }
        return host.files.text(JOURNAL).orElseThrow();
    }

    void losePower() {
        files.losePower();
        boot();
    }

    /** What {@link #meddle} knows. */
    static final List<String> MEDDLED = List.of(
            "sysctl.vm.swappiness",
            "sysctl.vm.dirty_ratio",
            "cpu.weight",
            "io.max.sda",
            "cpu.governor",
            "cpu.energy_performance_preference",
            "disk.scheduler.sda",
            "disk.readahead.sda",
            "vm.transparent_hugepage",
            "network.egress.rate",
            "network.egress.rate.eth1",
            "service.nginx",
            "security.ssh.password_authentication",
            "security.firewall.profile",
            "domain.web.vcpus",
            "domain.web.cpu_shares",
            "file.service");

    /** Another process changes what a parameter sets. */
    void meddle(String parameter, SplittableRandom random) {
        int number = 1 + random.nextInt(9);
        switch (parameter) {
            case "sysctl.vm.swappiness" -> place("/proc/sys/vm/swappiness", number + "\n");
            case "sysctl.vm.dirty_ratio" -> {
                boolean ratio = random.nextBoolean();
                place("/proc/sys/vm/dirty_ratio", (ratio ? number : 0) + "\n");
                place("/proc/sys/vm/dirty_bytes", (ratio ? 0 : 8192 * number) + "\n");
            }
            case "cpu.weight" -> place(GROUP + "cpu.weight", number + "\n");
            case "io.max.sda" ->
                place(
                        GROUP + "io.max",
                        "259:0 rbps=1048576 wbps=max riops=max wiops=max\n8:0 rbps=" + number
                                + " wbps=max riops=max wiops=max\n");
            case "cpu.governor" ->
                place(CPUFREQ + "policy2/scaling_governor", one(random, "powersave", "schedutil") + "\n");
            case "cpu.energy_performance_preference" ->
                place(
                        CPUFREQ + "policy0/energy_performance_preference",
                        one(random, "default", "balance_power") + "\n");
            case "disk.scheduler.sda" ->
                place(
                        "/sys/block/sda/queue/scheduler",
                        one(random, "[none] mq-deadline kyber", "none mq-deadline [kyber]") + "\n");
            case "disk.readahead.sda" -> place("/sys/block/sda/queue/read_ahead_kb", 4 * number + "\n");
            case "vm.transparent_hugepage" ->
                place(
                        "/sys/kernel/mm/transparent_hugepage/enabled",
                        one(random, "[always] madvise never", "always madvise [never]") + "\n");
            case "network.egress.rate" -> place("/run/tc/eth0", Programs.qdisc("eth0", "fq_codel", "0:", ""));
            case "network.egress.rate.eth1" ->
                place(
                        "/run/tc/eth1",
                        one(
                                random,
                                Programs.qdisc("eth1", "pfifo", "8002:", "\"limit\":5"),
                                Programs.qdisc("eth1", "fq_codel", "0:", ""),
                                Programs.qdisc(
                                        "eth1", "tbf", "8004:", "\"rate\":125000,\"burst\":20000,\"lat\":30000")));
            case "service.nginx" ->
                place(
                        "/run/systemctl/nginx.service",
                        Programs.unit("nginx.service", "loaded", one(random, "active", "inactive")));
            case "security.ssh.password_authentication" ->
                files.place(ROOT.at("/etc/ssh/sshd_config.d/00-persona-agent.conf"), Optional.empty());
            case "security.firewall.profile" -> files.place(ROOT.at("/run/nft/persona_agent"), Optional.empty());
            case "domain.web.vcpus" -> domain("CPU\\(s\\): +", number);
            case "domain.web.cpu_shares" -> domain("cpu_shares +: ", number);
            case "file.service" -> {
                place("/etc/service.conf", "changed " + number + "\n");
                serviceReads = "changed " + number + "\n";
            }
            default -> throw new IllegalArgumentException(parameter);
        }
    }

    private void domain(String field, int number) {
        String domain = files.text(ROOT.at("/run/virsh/web")).orElseThrow();
        place("/run/virsh/web", domain.replaceFirst("(" + field + ")[0-9]+", "$1" + number));
    }

    private void place(String path, String text) {
        files.place(ROOT.at(path), Optional.of(text));
    }

    private static String one(SplittableRandom random, String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    /** A program that is met by an error of the kernel says so and exits with 1; any other trouble is the runner's own. */
    @Override
    public Completion run(List<String> arguments, Duration timeout) throws IOException {
        List<Completion> completed = new ArrayList<>();
        try {
            files.change(
                    String.join(" ", arguments),
                    Path.of("/bin", arguments.get(0)),
                    () -> completed.add(act(arguments)));
            return completed.get(0);
        } catch (FileSystemException error) {
            return new Completion(1, "", Failure.reason(error));
        }
    }

    private Completion act(List<String> arguments) {
        if (SimulatedPrograms.has(arguments.get(0))) {
            return programs.run(arguments);
        }
        switch (arguments.get(0)) {
            case "set-mode" -> mode = arguments.get(1);
            case "reload-service" -> serviceReads = files.text(SERVICE_FILE).orElse("");
            default -> {}
        }
        return new Completion(0, mode, "");
    }

    /** The tree of the host, what its programs keep and what its services have read, whatever the agent thinks. */
    Map<String, String> observed() {
        Map<String, String> observed = new TreeMap<>();
        files.tree(ROOT.folder()).forEach((path, text) -> {
            if (!path.equals(BOOT_ID)) {
                observed.put(path.toString(), text);
            }
        });
        observed.put("mode", mode);
        observed.put("service reads", serviceReads.strip());
        return observed;
    }

    /** Where this host is not as one on which only a configuration is in force; empty if nowhere. */
    Map<String, String> astrayFrom(Map<String, Setting> configuration) {
        return differences(observed(), expected(configuration));
    }

    static Map<String, String> differences(Map<String, String> observed, Map<String, String> expected) {
        Map<String, String> differences = new TreeMap<>();
        Stream.concat(observed.keySet().stream(), expected.keySet().stream())
                .filter(place -> !Objects.equals(observed.get(place), expected.get(place)))
                .forEach(place -> differences.put(place, observed.get(place) + " instead of " + expected.get(place)));
        return differences;
    }

    /** What {@link #observed} shows of a host that was brought to a configuration in one undisturbed step. */
    static Map<String, String> expected(Map<String, Setting> configuration) {
        return undisturbed(configuration).observed();
    }

    /** The texts of the files of such a host, by path. */
    static Map<String, String> expectedFiles(Map<String, Setting> configuration) {
        Map<String, String> texts = new TreeMap<>();
        undisturbed(configuration)
                .files
                .texts(List.of(ROOT.folder()))
                .forEach((path, text) -> texts.put("/" + ROOT.folder().relativize(path), text));
        return texts;
    }

    private static SimulatedHost undisturbed(Map<String, Setting> configuration) {
        Map<String, JsonNode> values = new TreeMap<>();
        configuration.forEach((parameter, setting) -> values.put(parameter, setting.value()));
        return UNDISTURBED.computeIfAbsent(values, unused -> {
            SimulatedHost host = new SimulatedHost();
            assertThat(host.start().enforce(decision(1, values)).outcome()).isEqualTo("applied");
            return host;
        });
    }
}
