package dev.persona.agent.platform;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A host owner's configuration, written in a test. */
public record DeclaredHost(
        Path root,
        Path state,
        HostConfig.Cgroup cgroup,
        List<HostConfig.PermitRule> permit,
        Map<String, HostConfig.ManagedFile> file,
        Map<String, HostConfig.CustomCommands> custom,
        HostConfig.Ssh ssh,
        HostConfig.Firewall firewall,
        HostConfig.Libvirt libvirt,
        Duration commandTimeout)
        implements HostConfig {

    /** With the defaults of what came with the programs of the host. */
    public DeclaredHost(
            Path root,
            Path state,
            HostConfig.Cgroup cgroup,
            List<HostConfig.PermitRule> permit,
            Map<String, HostConfig.ManagedFile> file,
            Map<String, HostConfig.CustomCommands> custom) {
        this(
                root,
                state,
                cgroup,
                permit,
                file,
                custom,
                () -> List.of("systemctl", "try-reload-or-restart", "ssh.service"),
                Map::of,
                () -> "fake:///host",
                Duration.ofSeconds(30));
    }

    /** Declares the profiles of the firewall too. */
    public DeclaredHost withProfiles(Map<String, String> profiles) {
        return new DeclaredHost(
                root, state, cgroup, permit, file, custom, ssh, () -> profiles, libvirt, commandTimeout);
    }

    public record Group(Optional<String> mount, Optional<String> slice) implements HostConfig.Cgroup {
        public static Group of(String slice) {
            return new Group(Optional.empty(), Optional.of(slice));
        }
    }

    public record Permit(
            String parameter, Optional<BigDecimal> minimum, Optional<BigDecimal> maximum, Optional<List<String>> values)
            implements HostConfig.PermitRule {

        public static Permit any(String parameter) {
            return new Permit(parameter, Optional.empty(), Optional.empty(), Optional.empty());
        }

        public static Permit range(String parameter, String minimum, String maximum) {
            return new Permit(
                    parameter,
                    Optional.of(new BigDecimal(minimum)),
                    Optional.of(new BigDecimal(maximum)),
                    Optional.empty());
        }

        public static Permit values(String parameter, String... values) {
            return new Permit(parameter, Optional.empty(), Optional.empty(), Optional.of(List.of(values)));
        }

        /** A rule for each. */
        public static List<HostConfig.PermitRule> all(String... parameters) {
            return Arrays.stream(parameters)
                    .map(parameter -> (HostConfig.PermitRule) any(parameter))
                    .toList();
        }
    }

    public record File(
            String path,
            Optional<String> owner,
            Optional<String> group,
            Optional<String> mode,
            Optional<List<String>> validate,
            Optional<List<String>> reload,
            Duration timeout)
            implements HostConfig.ManagedFile {

        public static File at(String path) {
            return new File(
                    path,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Duration.ofSeconds(30));
        }

        public File withMode(String octal) {
            return new File(path, owner, group, Optional.of(octal), validate, reload, timeout);
        }

        public File validatedBy(String... command) {
            return new File(path, owner, group, mode, Optional.of(List.of(command)), reload, timeout);
        }

        public File reloadedBy(String... command) {
            return new File(path, owner, group, mode, validate, Optional.of(List.of(command)), timeout);
        }
    }

    public record Custom(
            List<String> read, List<String> apply, Optional<List<String>> verify, Duration timeout, boolean resetAtBoot)
            implements HostConfig.CustomCommands {

        public static Custom of(List<String> read, List<String> apply) {
            return new Custom(read, apply, Optional.empty(), Duration.ofSeconds(30), false);
        }
    }
}
