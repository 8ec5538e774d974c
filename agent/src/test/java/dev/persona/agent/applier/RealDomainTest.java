package dev.persona.agent.applier;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;

/**
 * The real virsh and libvirt's own test driver, {@code test:///default}, whose machines live as long as one connection: behind a
 * daemon of the test's own, which an unprivileged user runs, with one connection held open.
 */
class RealDomainTest extends ApplierContractTest {
    private Path home;
    private Process daemon;
    private Process connection;
    private String uri;

    @Override
    void prepare() throws IOException {
        RealHost.needsRootAnd("libvirt", "virsh", "libvirtd", "setpriv", "env");
        home = Files.createTempDirectory(
                Path.of("/tmp"),
                "persona-libvirt",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        UserPrincipal nobody =
                home.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
        Files.setOwner(home, nobody);
        Files.setOwner(
                Files.createDirectory(
                        home.resolve("run"),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))),
                nobody);
        Path config = Files.writeString(
                home.resolve("libvirtd.conf"),
                "unix_sock_dir = \"" + home + "\"\nauth_unix_rw = \"none\"\nauth_unix_ro = \"none\"\n");
        Path log = root.folder().resolveSibling("libvirtd.log");
        daemon = RealHost.start(
                log,
                List.of(
                        "env",
                        "-i",
                        "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                        "HOME=" + home,
                        "XDG_RUNTIME_DIR=" + home.resolve("run"),
                        "setpriv",
                        "--reuid=nobody",
                        "--regid=nogroup",
                        "--clear-groups",
                        "libvirtd",
                        "-f",
                        config.toString(),
                        "-p",
                        home.resolve("pid").toString()));
        uri = "test+unix:///default?socket=" + home.resolve("libvirt-sock");
        RealHost.await("libvirt", log, () -> RealHost.output("virsh", "-c", uri, "list", "--name")
                .contains("test"));
        connection = RealHost.start(root.folder().resolveSibling("virsh.log"), List.of("virsh", "-c", uri));
        connection.outputWriter().write("list\n");
        connection.outputWriter().flush();
        RealHost.await("libvirt", log, () -> Files.readString(root.folder().resolveSibling("virsh.log"))
                .contains("running"));
        Programs.script(root, "virsh", "exec virsh \"$@\"");
    }

    @AfterEach
    void end() throws IOException {
        for (Process process :
                Stream.of(connection, daemon).filter(Objects::nonNull).toList()) {
            process.destroy();
            process.onExit().join();
        }
        if (home != null) {
            try (Stream<Path> paths = Files.walk(home)) {
                for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    @Override
    Applier applier() {
        return new DomainApplier(
                new Tool(new HostCommands(root), "virsh", Duration.ofSeconds(30)), uri, DomainApplier.Pause.REAL);
    }

    @Override
    List<Example> examples() {
        return List.of(
                new Example("domain.test.vcpus", List.of(1, 2), List.of(0, "2")),
                new Example(
                        "domain.test.memory", List.of(1_073_741_824, 4_294_967_296L), List.of(0, "1GiB", 1L << 50)));
    }

    /** The test driver has another scheduler. */
    @Override
    List<String> lacking() {
        return List.of("domain.nothing.vcpus", "domain.test.cpu_shares");
    }

    @Override
    Map<String, String> tree() throws IOException {
        return Map.of(
                "test",
                RealHost.output("virsh", "-c", uri, "dominfo", "test")
                        .lines()
                        .filter(line -> !line.startsWith("CPU time"))
                        .collect(Collectors.joining("\n")));
    }
}
