package dev.persona.agent.activation;

import static dev.persona.agent.activation.Configurations.decision;
import static dev.persona.agent.activation.Configurations.persona;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.agent.applier.Appliers;
import dev.persona.agent.applier.Commands;
import dev.persona.agent.platform.DeclaredHost;
import dev.persona.agent.platform.HostConfig;
import dev.persona.agent.platform.HostRoot;
import dev.persona.agent.platform.Ownership;
import dev.persona.agent.platform.Permission;
import dev.persona.agent.platform.SimulatedFiles;
import dev.persona.agent.platform.TurnedClock;
import dev.persona.agent.protocol.ServerMessage.Setting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * A host in memory with every kind of parameter, on which a story takes place: decisions, a pin, a rollback, a resume. A
 * service reads its file when it is reloaded; a mode is kept by a program.
 */
final class SimulatedHost implements Commands {
    private static final Path ROOT = Path.of("/host");
    private static final Path STATE = Path.of("/state");
    private static final Path SERVICE_FILE = ROOT.resolve("etc/service.conf");

    /** What each parameter's place holds, by parameter; the mode of a program and a service's memory among them. */
    private static final Map<String, Path> PLACES = Map.of(
            "sysctl.vm.swappiness", ROOT.resolve("proc/sys/vm/swappiness"),
            "sysctl.net.ipv4.tcp_rmem", ROOT.resolve("proc/sys/net/ipv4/tcp_rmem"),
            "cpu.weight", ROOT.resolve("sys/fs/cgroup/db.slice/cpu.weight"),
            "memory.high", ROOT.resolve("sys/fs/cgroup/db.slice/memory.high"),
            "memory.max", ROOT.resolve("sys/fs/cgroup/db.slice/memory.max"),
            "file.service", SERVICE_FILE,
            "file.fresh", ROOT.resolve("etc/fresh"));

    /** One thing that happens to the agent. */
    interface Event {
        void happen(Enforcement enforcement);
    }

    static final List<Event> STORY = List.of(
            enforcement -> enforcement.enforce(decision(
                    1,
                    Map.of(
                            "sysctl.vm.swappiness",
                            10,
                            "memory.high",
                            4_194_304,
                            "file.service",
                            "one",
                            "custom.mode",
                            "calm"))),
            enforcement -> enforcement.remember(
                    List.of(persona("lockdown", 5, Map.of("cpu.weight", 7, "file.service", "locked")))),
            enforcement -> enforcement.enforce(decision(
                    2,
                    Map.of(
                            "sysctl.vm.swappiness",
                            20,
                            "memory.high",
                            8_388_608,
                            "memory.max",
                            16_777_216,
                            "file.fresh",
                            "two",
                            "sysctl.net.ipv4.tcp_rmem",
                            "4096 65536 1048576"))),
            enforcement -> enforcement.pin("lockdown", "alice", "incident", Optional.of(Duration.ofHours(1))),
            enforcement -> enforcement.enforce(decision(
                    3,
                    Map.of(
                            "sysctl.vm.swappiness",
                            20,
                            "memory.high",
                            1_048_576,
                            "memory.max",
                            2_097_152,
                            "file.service",
                            "three",
                            "custom.mode",
                            "busy"))),
            enforcement -> enforcement.unpin("lockdown"),
            enforcement -> enforcement.rollback("bob", "maintenance", Optional.empty()),
            enforcement -> enforcement.resume(),
            enforcement -> enforcement.correct(new CorrectionLimit(3, Duration.ofHours(1))),
            Enforcement::lapse,
            Enforcement::withdraw,
            Enforcement::recover,
            enforcement -> enforcement.enforce(decision(4, Map.of())));

    final SimulatedFiles files = new SimulatedFiles(ROOT);
    final TurnedClock clock = new TurnedClock();
    private final Map<Path, String> originalTree;
    private String mode = "plain";
    private String serviceReads = "";

    SimulatedHost() {
        files.putKernel(ROOT.resolve("proc/sys/kernel/random/boot_id"), "boot-0\n");
        files.putKernel(PLACES.get("sysctl.vm.swappiness"), "60\n");
        files.putKernel(PLACES.get("sysctl.net.ipv4.tcp_rmem"), "4096\t131072\t6291456\n");
        files.putKernel(PLACES.get("cpu.weight"), "100\n");
        files.putKernel(PLACES.get("memory.high"), "max\n");
        files.putKernel(PLACES.get("memory.max"), "max\n");
        files.put(SERVICE_FILE, "as installed\n", new Ownership(7, 8, 0640));
        serviceReads = "as installed\n";
        originalTree = files.tree(ROOT);
    }

    /** A new process of the agent. */
    Enforcement start() {
        HostConfig config = new DeclaredHost(
                ROOT,
                STATE,
                DeclaredHost.Group.of("db.slice"),
                DeclaredHost.Permit.all("*"),
                Map.of(
                        "service", DeclaredHost.File.at("/etc/service.conf").reloadedBy("reload-service"),
                        "fresh", DeclaredHost.File.at("/etc/fresh")),
                Map.of("mode", DeclaredHost.Custom.of(List.of("get-mode"), List.of("set-mode", "{value}"))));
        return new Enforcement(
                files,
                new HostRoot(ROOT),
                STATE,
                Appliers.of(config, files, this),
                new Permission(config.permit()),
                clock);
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

    void losePower() {
        files.losePower();
        serviceReads = files.text(SERVICE_FILE).orElse(""); // services start with what their files hold
    }

    @Override
    public Completion run(List<String> arguments, Duration timeout) throws IOException {
        files.step("run " + arguments.get(0), Path.of("/bin", arguments.get(0)));
        switch (arguments.get(0)) {
            case "set-mode" -> mode = arguments.get(1);
            case "reload-service" -> serviceReads = files.text(SERVICE_FILE).orElse("");
            default -> {}
        }
        return new Completion(0, mode, "");
    }

    /** The tree of the host, its program and its service, whatever the agent thinks. */
    Map<String, String> observed() {
        Map<String, String> observed = new TreeMap<>();
        files.tree(ROOT).forEach((path, text) -> {
            if (!path.endsWith("boot_id")) {
                observed.put(path.toString(), text);
            }
        });
        observed.put("mode", mode);
        observed.put("service reads", serviceReads.strip());
        return observed;
    }

    /** What {@link #observed} must show when a configuration is in force, and nothing else was changed. */
    Map<String, String> expected(Map<String, Setting> configuration) {
        Map<String, String> expected = new TreeMap<>();
        originalTree.forEach((path, text) -> {
            if (!path.endsWith("boot_id")) {
                expected.put(path.toString(), text);
            }
        });
        expected.put("mode", "plain");
        expected.put("service reads", "as installed");
        configuration.forEach((parameter, setting) -> {
            JsonNode value = setting.value();
            if (parameter.equals("custom.mode")) {
                expected.put("mode", value.asText());
                return;
            }
            String owner = parameter.equals("file.service") ? " 7 640" : " 0 644";
            expected.put(PLACES.get(parameter).toString(), value.asText() + owner);
            if (parameter.equals("file.service")) {
                expected.put("service reads", value.asText());
            }
        });
        return expected;
    }
}
