package dev.persona.agent.platform;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What of this host the agent may touch, and where it is; written by the host's owner. */
@ConfigMapping(prefix = "persona.agent")
public interface HostConfig {

    /** Where the host's file tree begins; a scratch folder for trials, in which ordinary files stand in for a host's. */
    @WithDefault("/")
    Path root();

    /** The folder of the agent's own files: what it remembers, and the original values. {@link #root()} doesn't move it. */
    @WithDefault("/var/lib/persona-agent")
    Path state();

    /** The control group whose resources {@code cpu.*}, {@code memory.*} and {@code io.*} set. */
    Cgroup cgroup();

    /** What the agent may change, rule by rule; nothing by default. A value is permitted if one rule permits it. */
    List<PermitRule> permit();

    /** The files that {@code file.<name>} writes, by name. */
    Map<String, ManagedFile> file();

    /** The commands behind {@code custom.<name>}, by name. */
    Map<String, CustomCommands> custom();

    /** How {@code security.ssh.*} is brought to the SSH daemon. */
    Ssh ssh();

    /** What {@code security.firewall.profile} may put in force. */
    Firewall firewall();

    /** Whose virtual machines {@code domain.*} sets. */
    Libvirt libvirt();

    /** How long each run of a program of the host may take: tc, nft, sshd, systemctl, virsh; PT0.001S to PT10M. */
    @WithDefault("PT30S")
    Duration commandTimeout();

    /** The SSH daemon of the host. */
    interface Ssh {
        /** Program and arguments that make it read its configuration again. */
        @WithDefault("systemctl,try-reload-or-restart,ssh.service")
        List<String> reload();
    }

    /** The nftables table of the agent's own. */
    interface Firewall {
        /** Path of a file with the inside of a table, by the name of the profile. */
        Map<String, String> profile();
    }

    /** A hypervisor that libvirt manages. */
    interface Libvirt {
        /** Its connection URI. */
        @WithDefault("qemu:///system")
        String uri();
    }

    /** A control group of the version 2 hierarchy, cgroups(7). */
    interface Cgroup {
        /** Where the hierarchy is mounted; found by itself at {@code /sys/fs/cgroup} or its {@code unified} by default. */
        Optional<String> mount();

        /** Path below the mount, as in {@code db.slice}; without it a control group's parameters are not supported. */
        Optional<String> slice();
    }

    /** Parameters and values that the agent may apply. */
    interface PermitRule {
        /**
         * A parameter, or several by {@code *} for any characters, as in {@code sysctl.vm.*}. Keys through which the
         * kernel starts programs ({@code sysctl.kernel.core_pattern} ...) are permitted by their full name only.
         */
        String parameter();

        /** The least number permitted, in the canonical unit: bytes, bit/s, cores. */
        Optional<@WithConverter(BoundConverter.class) BigDecimal> minimum();

        /** The largest number permitted, in the canonical unit; {@code max} is larger than every number. */
        Optional<@WithConverter(BoundConverter.class) BigDecimal> maximum();

        /** The only values permitted. */
        Optional<List<String>> values();
    }

    /** A file that {@code file.<name>} writes. */
    interface ManagedFile {
        /** Absolute, below {@link HostConfig#root()}; its folder must exist. */
        String path();

        /** Name or number of its owner; by default the file keeps its own, and a new one gets the agent's. */
        Optional<String> owner();

        /** Name or number of its group; by default as with {@link #owner()}. */
        Optional<String> group();

        /** Octal permission bits; by default the file keeps its own, and a new one gets {@code 0644}. */
        Optional<String> mode();

        /** Program and arguments that accept or refuse a new content; <code>{file}</code> stands for its path. */
        Optional<List<String>> validate();

        /** Program and arguments that make the file's user read it again. */
        Optional<List<String>> reload();

        /** How long each command may take. */
        @WithDefault("PT30S")
        Duration timeout();
    }

    /**
     * Programs and arguments behind a parameter. They run without a shell and with an empty environment; an argument
     * <code>{value}</code> stands for the value.
     */
    interface CustomCommands {
        /** Prints the value on standard output. */
        List<String> read();

        /** Makes the value hold; also puts the original back. */
        List<String> apply();

        /** Exits with 0 if the value holds; by default what {@link #read()} prints is compared. */
        Optional<List<String>> verify();

        /** How long each command may take. */
        @WithDefault("PT30S")
        Duration timeout();

        /** Whether a boot of the host undoes the value, so that the original must not be put back after one. */
        @WithDefault("false")
        boolean resetAtBoot();
    }
}
