package dev.persona.agent.activation;

import dev.persona.agent.applier.Appliers;
import dev.persona.agent.applier.HostCommands;
import dev.persona.agent.platform.DeclaredHost;
import dev.persona.agent.platform.HostConfig;
import dev.persona.agent.platform.HostFiles;
import dev.persona.agent.platform.HostRoot;
import dev.persona.agent.platform.LinuxFiles;
import dev.persona.agent.platform.Permission;
import dev.persona.agent.protocol.AgentMessage.Acknowledgement;
import dev.persona.agent.protocol.ServerMessage.Decision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * From a decision received to ten parameters that are files applied and verified, everything that has to survive a loss of power
 * synced; on the file system of the build. Every decision changes all ten: eight of the kernel's, which ordinary files
 * stand in for, and two managed files.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 5)
@Measurement(iterations = 3, time = 5)
@Fork(1)
@State(Scope.Benchmark)
public class ApplyBenchmark {
    private static final Map<String, String> PLACES = Map.of(
            "sysctl.vm.swappiness", "proc/sys/vm/swappiness",
            "sysctl.vm.min_free_kbytes", "proc/sys/vm/min_free_kbytes",
            "sysctl.vm.max_map_count", "proc/sys/vm/max_map_count",
            "sysctl.net.core.somaxconn", "proc/sys/net/core/somaxconn",
            "sysctl.fs.file-max", "proc/sys/fs/file-max",
            "cpu.weight", "sys/fs/cgroup/db.slice/cpu.weight",
            "memory.high", "sys/fs/cgroup/db.slice/memory.high",
            "memory.max", "sys/fs/cgroup/db.slice/memory.max",
            "file.one", "etc/one",
            "file.two", "etc/two");

    private Enforcement enforcement;
    private long revision;

    @Setup
    public void host() throws IOException {
        Logger.getLogger("dev.persona.agent").setLevel(Level.WARNING);
        Path folder = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "apply");
        HostRoot root = new HostRoot(folder.resolve("root"));
        for (String place : PLACES.values()) {
            Path file = root.at(place);
            Files.createDirectories(file.getParent());
            Files.writeString(file, "1\n");
        }
        HostConfig config = new DeclaredHost(
                root.folder(),
                folder.resolve("state"),
                DeclaredHost.Group.of("db.slice"),
                DeclaredHost.Permit.all("*"),
                Map.of("one", DeclaredHost.File.at("/etc/one"), "two", DeclaredHost.File.at("/etc/two")),
                Map.of());
        HostFiles files = new LinuxFiles();
        enforcement = new Enforcement(
                files,
                root,
                config.state(),
                Appliers.of(config, files, new HostCommands(root)),
                new Permission(config.permit()),
                Clock.systemUTC());
        enforcement.recover();
    }

    @Benchmark
    public Acknowledgement apply() {
        Map<String, Object> values = new TreeMap<>();
        long value = (1 + ++revision % 2) * 1_000;
        PLACES.keySet().forEach(parameter -> {
            Object next = parameter.startsWith("memory.") ? value * 1_048_576 : value;
            values.put(parameter, parameter.startsWith("file.") ? "value " + value : next);
        });
        Decision decision = Configurations.decision(revision, values);
        Acknowledgement acknowledgement = enforcement.enforce(decision);
        boolean changed = acknowledgement.parameters().values().stream()
                .allMatch(outcome -> outcome.status().equals("applied"));
        if (!acknowledgement.outcome().equals("applied") || !changed) {
            throw new IllegalStateException("not applied: " + acknowledgement);
        }
        return acknowledgement;
    }
}
