package dev.persona.agent.applier;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A real systemd of the test's own, in namespaces of every kind, which knows the units of a scratch folder only. */
class RealServiceTest extends ApplierContractTest {
    private static final List<String> TARGETS =
            List.of("basic", "default", "sysinit", "shutdown", "exit", "poweroff", "rescue", "emergency", "multi-user");

    private Process systemd;

    @Override
    void prepare() throws IOException {
        RealHost.needsRootAnd("systemd", "systemctl", "unshare", "nsenter", "mount", "sleep");
        RealHost.needs("systemd", "test", "-x", "/lib/systemd/systemd");
        RealHost.needs(
                "systemd", "unshare", "--fork", "--pid", "--mount", "--uts", "--ipc", "--net", "--cgroup", "true");
        for (String target : TARGETS) {
            write("/units/" + target + ".target", "[Unit]\nDefaultDependencies=no\n");
        }
        unit("nginx", "CPUWeight=50\nMemoryMax=2G\n");
        unit("backup", "");
        Files.createDirectories(root.at("/run/systemd/system"));
        Path boot = Files.writeString(
                root.at("/boot"),
                """
                mount --make-rprivate /
                mount --bind "$1/run" /run
                mount --bind /etc /etc
                mount -o remount,bind,ro /etc
                exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin container=lxc \\
                    SYSTEMD_UNIT_PATH="$1/units:/run/systemd/system.control:/run/systemd/system" SYSTEMD_GENERATOR_PATH=/none \\
                    SYSTEMD_LOG_TARGET=console \\
                    /lib/systemd/systemd --system --unit=basic.target --show-status=false
                """);
        Path log = root.folder().resolveSibling("systemd.log");
        systemd = RealHost.start(
                log,
                List.of(
                        "unshare",
                        "--fork",
                        "--kill-child",
                        "--pid",
                        "--mount",
                        "--mount-proc",
                        "--uts",
                        "--ipc",
                        "--net",
                        "--cgroup",
                        "sh",
                        boot.toString(),
                        root.folder().toString()));
        RealHost.await("systemd", log, () -> {
            long init = systemd.children().findFirst().orElseThrow().pid();
            Programs.script(root, "systemctl", "exec nsenter -t " + init + " -m -p -u -i -n -C systemctl \"$@\"");
            return tool().run("is-system-running").output().matches("running|degraded");
        });
        tool().output("start", "nginx.service");
    }

    private void unit(String name, String resources) throws IOException {
        write(
                "/units/" + name + ".service",
                "[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/bin/sleep 1000000\n" + resources);
    }

    @AfterEach
    void end() {
        if (systemd != null) {
            systemd.destroyForcibly().onExit().join();
        }
    }

    private Tool tool() {
        return new Tool(new HostCommands(root), "systemctl", Duration.ofSeconds(30));
    }

    @Override
    Applier applier() {
        return new ServiceApplier(files, root, tool());
    }

    @Override
    List<Example> examples() {
        return List.of(
                new Example(
                        "service.nginx",
                        List.of(
                                "stopped",
                                Map.of("cpu_weight", 200, "cpu_max", 1.5, "memory_high", 1_073_741_825),
                                Map.of("state", "stopped", "cpu_max", 0.3333, "tasks_max", "max"),
                                Map.of("memory_max", "max", "memory_low", 4096, "memory_swap_max", 0, "io_weight", 7)),
                        List.of("running")),
                new Example("service.backup", List.of("started", Map.of("cpu_max", 64)), List.of(Map.of("nice", 1))));
    }

    @Override
    List<String> lacking() {
        return List.of("service.nothing", "service.nginx.service");
    }

    /** What systemd shows of the units, and our drop-ins. */
    @Override
    Map<String, String> tree() throws IOException {
        Map<String, String> tree = new TreeMap<>();
        for (String unit : List.of("nginx", "backup")) {
            tree.put(
                    unit,
                    tool().output(
                                    "show",
                                    "--property=ActiveState,NeedDaemonReload,DropInPaths," + UnitSettings.PROPERTIES,
                                    unit));
        }
        return tree;
    }

    @Test
    void resources_reach_the_running_processes_of_a_unit_and_leave_them_again() throws IOException {
        var original = applier().read("service.nginx");
        String pid = tool().output("show", "--property=MainPID", "nginx");

        applier().apply("service.nginx", json(Map.of("memory_max", 1_073_741_824)));

        assertThat(memoryLimit()).isEqualTo("1073741824");
        applier().restore("service.nginx", original);
        assertThat(memoryLimit()).isEqualTo("2147483648");
        assertThat(tool().output("show", "--property=MainPID", "nginx")).isEqualTo(pid);
    }

    /** Version 2 of the hierarchy, or 1. */
    private String memoryLimit() throws IOException {
        long init = systemd.children().findFirst().orElseThrow().pid();
        return RealHost.output(
                "nsenter",
                "-t",
                Long.toString(init),
                "-m",
                "-C",
                "sh",
                "-c",
                "cd /sys/fs/cgroup; cat system.slice/nginx.service/memory.max 2>/dev/null"
                        + " || cat memory/system.slice/nginx.service/memory.limit_in_bytes");
    }
}
