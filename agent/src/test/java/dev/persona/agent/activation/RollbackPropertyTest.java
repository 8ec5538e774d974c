package dev.persona.agent.activation;

import static dev.persona.agent.activation.Configurations.decision;
import static dev.persona.agent.activation.Configurations.persona;
import static org.assertj.core.api.Assertions.assertThat;

import dev.persona.agent.applier.Appliers;
import dev.persona.agent.applier.HostCommands;
import dev.persona.agent.platform.DeclaredHost;
import dev.persona.agent.platform.HostConfig;
import dev.persona.agent.platform.HostFiles;
import dev.persona.agent.platform.HostRoot;
import dev.persona.agent.platform.LinuxFiles;
import dev.persona.agent.platform.Permission;
import dev.persona.agent.platform.TurnedClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever was applied, pinned, changed by others and interrupted: a rollback is identity, byte for byte. */
class RollbackPropertyTest {
    private static final int STORIES = 20;
    private static final int STORIES_IN_MEMORY = 100;
    private static final List<String> PARAMETERS = List.of(
            "sysctl.vm.swappiness",
            "sysctl.vm.dirty_ratio",
            "cpu.weight",
            "cpu.max",
            "memory.high",
            "memory.max",
            "io.weight",
            "file.motd",
            "file.binary",
            "file.fresh",
            "sysctl.not.there",
            "unknown.parameter");

    @TempDir
    Path folder;

    @BeforeAll
    static void stories_are_not_logged() {
        Logger.getLogger("dev.persona.agent").setLevel(Level.OFF);
    }

    @AfterAll
    static void logging_goes_on() {
        Logger.getLogger("dev.persona.agent").setLevel(null);
    }

    @Test
    void applying_anything_and_rolling_back_is_identity() throws IOException {
        for (int seed = 0; seed < STORIES; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Path root = host(folder.resolve("host-" + seed), random);
            Map<String, String> original = tree(root);

            story(root, folder.resolve("state-" + seed), random);

            assertThat(tree(root)).as("seed " + seed).isEqualTo(original);
        }
    }

    @Test
    void applying_anything_of_every_family_while_others_change_it_and_rolling_back_is_identity() {
        int changed = 0;
        for (int seed = 0; seed < STORIES_IN_MEMORY; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            SimulatedHost host = new SimulatedHost();
            SimulatedHost original = new SimulatedHost(); // no agent runs there
            SimulatedHost.MEDDLED.forEach(parameter -> meddle(parameter, random.nextLong(), host, original));

            Enforcement enforcement = host.start();
            for (int round = 0; round < 10; round++) {
                switch (random.nextInt(4)) {
                    case 0 -> {
                        host.files.restartProcess();
                        enforcement = host.start();
                        enforcement.recover();
                    }
                    case 1 -> meddle(host, enforcement, original, random);
                    default -> enforcement.enforce(decision(round, everyFamily(random)));
                }
                changed += host.observed().equals(original.observed()) ? 0 : 1;
            }

            assertThat(enforcement.rollback("test", "", Optional.empty()).outcome())
                    .as("seed " + seed + ": " + enforcement.status().parameters())
                    .isEqualTo("applied");
            assertThat(enforcement.original()).as("seed " + seed).isEmpty();
            assertThat(SimulatedHost.differences(host.observed(), original.observed()))
                    .as("seed " + seed)
                    .isEmpty();
        }
        assertThat(changed).isGreaterThan(5 * STORIES_IN_MEMORY);
    }

    /** What others change before this agent does is original; what they change after it is not. */
    private static void meddle(
            SimulatedHost host, Enforcement enforcement, SimulatedHost original, SplittableRandom random) {
        String parameter = SimulatedHost.MEDDLED.get(random.nextInt(SimulatedHost.MEDDLED.size()));
        String place = parameter.replaceFirst("(ssh|dirty)[._].*", "$1"); // one for several parameters
        boolean changedBefore = enforcement.original().stream()
                .map(OriginalValue::parameter)
                .anyMatch(saved -> place.equals(parameter) ? saved.equals(parameter) : saved.contains(place));
        if (changedBefore) {
            meddle(parameter, random.nextLong(), host);
        } else {
            meddle(parameter, random.nextLong(), host, original);
        }
    }

    private static void meddle(String parameter, long seed, SimulatedHost... hosts) {
        for (SimulatedHost host : hosts) {
            host.meddle(parameter, new SplittableRandom(seed));
        }
    }

    private static Map<String, Object> everyFamily(SplittableRandom random) {
        Map<String, Object> configuration = new TreeMap<>();
        for (String parameter : SimulatedHost.VALUES.keySet()) {
            if (random.nextInt(3) == 0) {
                List<?> values = SimulatedHost.VALUES.get(parameter);
                configuration.put(
                        parameter,
                        random.nextInt(100) == 0 ? List.of("nothing") : values.get(random.nextInt(values.size())));
            }
        }
        return configuration;
    }

    private static void story(Path root, Path state, SplittableRandom random) throws IOException {
        TurnedClock clock = new TurnedClock();
        Enforcement enforcement = start(root, state, clock);
        for (int round = 0; round < 15; round++) {
            switch (random.nextInt(7)) {
                case 0 -> enforcement = start(root, state, clock);
                case 1 -> enforcement.remember(List.of(persona("p", random.nextInt(), configuration(random))));
                case 2 -> enforcement.pin("p", "test", "", Optional.of(Duration.ofMinutes(1 + random.nextInt(9))));
                case 3 -> {
                    clock.turn(Duration.ofMinutes(random.nextInt(9)));
                    enforcement.expire();
                }
                case 4 -> others(root, enforcement, random);
                default -> enforcement.enforce(decision(round, configuration(random)));
            }
        }
        assertThat(enforcement.rollback("test", "", Optional.empty()).outcome()).isEqualTo("applied");
        assertThat(enforcement.original()).isEmpty();
    }

    private static Enforcement start(Path root, Path state, TurnedClock clock) {
        HostConfig config = new DeclaredHost(
                root,
                state,
                DeclaredHost.Group.of("db.slice"),
                DeclaredHost.Permit.all("*"),
                Map.of(
                        "motd", DeclaredHost.File.at("/etc/motd"),
                        "binary", DeclaredHost.File.at("/etc/binary").withMode("0600"),
                        "fresh", DeclaredHost.File.at("/etc/fresh")),
                Map.of());
        HostFiles files = new LinuxFiles();
        Enforcement enforcement = new Enforcement(
                files,
                new HostRoot(root),
                state,
                Appliers.of(config, files, new HostCommands(new HostRoot(root))),
                new Permission(config.permit()),
                clock);
        enforcement.recover();
        return enforcement;
    }

    /** Other processes change values in force: what they do to them is not original. */
    private static void others(Path root, Enforcement enforcement, SplittableRandom random) throws IOException {
        for (OriginalValue original : enforcement.original()) {
            if (original.parameter().equals("file.motd") && random.nextBoolean()) {
                Files.writeString(root.resolve("etc/motd"), "somebody else was here");
            }
            if (original.parameter().equals("cpu.weight") && random.nextBoolean()) {
                Files.writeString(root.resolve("sys/fs/cgroup/db.slice/cpu.weight"), "33\n");
            }
        }
    }

    private static Map<String, Object> configuration(SplittableRandom random) {
        Map<String, Object> configuration = new TreeMap<>();
        for (String parameter : PARAMETERS) {
            if (random.nextInt(3) > 0) {
                configuration.put(parameter, value(parameter, random));
            }
        }
        return configuration;
    }

    /** Mostly usable values; now and then one that fails the whole decision. */
    private static Object value(String parameter, SplittableRandom random) {
        if (random.nextInt(60) == 0) {
            return List.of("no value of anything");
        }
        return switch (parameter) {
            case "cpu.max" -> random.nextInt(4) == 0 ? "max" : 0.1 + random.nextInt(64);
            case "memory.high", "memory.max" -> random.nextInt(4) == 0 ? "max" : (Object) random.nextLong(1L << 40);
            case "file.motd", "file.binary", "file.fresh" -> "line\n".repeat(random.nextInt(50)) + random.nextInt();
            default -> 1 + random.nextInt(1000);
        };
    }

    private static Path host(Path root, SplittableRandom random) throws IOException {
        write(root, "proc/sys/vm/swappiness", random.nextInt(100) + "\n");
        write(root, "proc/sys/vm/dirty_ratio", random.nextInt(1, 100) + "\n");
        write(root, "proc/sys/vm/dirty_bytes", "0\n");
        write(root, "sys/fs/cgroup/db.slice/cpu.weight", "100\n");
        write(root, "sys/fs/cgroup/db.slice/cpu.max", "max 100000\n");
        write(root, "sys/fs/cgroup/db.slice/memory.high", "max\n");
        write(root, "sys/fs/cgroup/db.slice/memory.max", "max\n");
        write(root, "sys/fs/cgroup/db.slice/io.weight", "default 100\n");
        write(root, "etc/motd", "welcome\n");
        byte[] binary = new byte[random.nextInt(200)];
        random.nextBytes(binary);
        Files.write(root.resolve("etc/binary"), binary);
        return root;
    }

    private static void write(Path root, String path, String text) throws IOException {
        Files.createDirectories(root.resolve(path).getParent());
        Files.writeString(root.resolve(path), text);
    }

    private static Map<String, String> tree(Path root) throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> paths = Files.walk(root)) {
            paths.filter(Files::isRegularFile).forEach(files::add);
        }
        Map<String, String> tree = new TreeMap<>();
        for (Path file : files) {
            tree.put(
                    file.toString(),
                    Base64.getEncoder().encodeToString(Files.readAllBytes(file)) + " "
                            + Files.getAttribute(file, "unix:mode") + " " + Files.getAttribute(file, "unix:uid"));
        }
        return tree;
    }
}
