package dev.persona.agent.applier;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.persona.agent.platform.DeclaredHost;
import dev.persona.agent.platform.HostRoot;
import dev.persona.agent.platform.LinuxFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;

/** An empty control group of the test's own in the real hierarchy of version 2, where that has the controllers. */
class RealCgroupTest extends ApplierContractTest {
    private static final String GROUP =
            "persona-test-" + ProcessHandle.current().pid() + ".slice";
    private Path mount;

    @Override
    void prepare() throws IOException {
        RealHost.needsRootAnd("control group");
        mount = Stream.of("/sys/fs/cgroup", "/sys/fs/cgroup/unified")
                .map(Path::of)
                .filter(path -> Files.exists(path.resolve("cgroup.subtree_control")))
                .findFirst()
                .orElse(null);
        assumeTrue(mount != null, "real control groups are not tested: version 2 is not mounted");
        List<String> enabled = List.of(Files.readString(mount.resolve("cgroup.subtree_control"))
                .strip()
                .split("\\s+"));
        assumeTrue(
                enabled.containsAll(List.of("cpu", "memory")),
                "real control groups are not tested: version 2 has the controllers " + enabled + " only, in " + mount);
        root = new HostRoot(Path.of("/"));
        files = new LinuxFiles();
        Files.createDirectory(mount.resolve(GROUP));
    }

    @AfterEach
    void end() throws IOException {
        if (mount != null) {
            Files.deleteIfExists(mount.resolve(GROUP));
        }
    }

    @Override
    Applier applier() {
        return new CgroupApplier(
                files, root, new DeclaredHost.Group(Optional.of(mount.toString()), Optional.of(GROUP)));
    }

    @Override
    List<Example> examples() {
        return List.of(
                new Example("cpu.weight", List.of(1, 800), List.of(0)),
                new Example("cpu.max", List.of(0.5, 2, "max"), List.of("2")),
                new Example("memory.low", List.of(4096, 8_589_934_592L), List.of(-1)),
                new Example("memory.high", List.of(1_048_577, "max"), List.of(-1)),
                new Example("memory.max", List.of(2_097_152, "max"), List.of(-1)));
    }

    @Override
    List<String> lacking() {
        return List.of();
    }

    @Override
    Map<String, String> tree() throws IOException {
        Map<String, String> tree = new TreeMap<>();
        for (Example example : examples()) {
            tree.put(example.parameter(), Files.readString(mount.resolve(GROUP).resolve(example.parameter())));
        }
        return tree;
    }
}
