package dev.persona.agent.applier;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.persona.agent.platform.HostRoot;
import dev.persona.agent.platform.LinuxFiles;
import dev.persona.agent.platform.Snapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;

/** Real settings of the kernel that runs the tests, put back right after; only as root. */
class RealSysfsTest extends ApplierContractTest {
    private final List<Example> examples = new ArrayList<>();
    private final Map<String, Snapshot> originals = new LinkedHashMap<>();

    @Override
    void prepare() throws IOException {
        RealHost.needsRootAnd("sysfs");
        root = new HostRoot(Path.of("/"));
        files = new LinuxFiles();
        addChoices("vm.transparent_hugepage", Path.of("/sys/kernel/mm/transparent_hugepage/enabled"));
        try (Stream<Path> devices = Files.list(Path.of("/sys/block"))) {
            devices.sorted()
                    .filter(device -> Files.isWritable(device.resolve("queue/scheduler")))
                    .findFirst()
                    .ifPresent(device -> {
                        String name = device.getFileName().toString();
                        addChoices("disk.scheduler." + name, device.resolve("queue/scheduler"));
                        examples.add(new Example("disk.readahead." + name, List.of(0, 256, 1024), List.of(-1)));
                    });
        }
        examples.removeIf(example -> example.usable().size() < 2);
        assumeTrue(!examples.isEmpty(), "real sysfs is not tested: this kernel has none of it, or read-only");
        for (Example example : examples) {
            originals.put(example.parameter(), applier().read(example.parameter()));
        }
    }

    private void addChoices(String parameter, Path file) {
        if (Files.isWritable(file)) {
            List<String> choices = List.of(read(file).replaceAll("[\\[\\]]", "").split("\\s+"));
            examples.add(new Example(parameter, choices, List.of("no such choice")));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @AfterEach
    void puts_the_kernel_back_whatever_happened() throws IOException {
        for (Map.Entry<String, Snapshot> original : originals.entrySet()) {
            applier().restore(original.getKey(), original.getValue());
        }
    }

    @Override
    Applier applier() {
        return new SysfsApplier(files, root);
    }

    @Override
    List<Example> examples() {
        return examples;
    }

    @Override
    List<String> lacking() {
        return List.of("disk.scheduler.nothing", "disk.readahead.nothing");
    }

    @Override
    Map<String, String> tree() throws IOException {
        Map<String, String> tree = new TreeMap<>();
        for (Example example : examples) {
            tree.put(
                    example.parameter(),
                    applier().read(example.parameter()).shown().orElseThrow());
        }
        return tree;
    }
}
