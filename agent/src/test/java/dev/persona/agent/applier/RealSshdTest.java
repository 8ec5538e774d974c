package dev.persona.agent.applier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The real sshd judges and shows a configuration in a scratch folder; no daemon runs, so a stand-in is reloaded. */
class RealSshdTest extends ApplierContractTest {
    private static final List<String> RELOAD = List.of("systemctl", "try-reload-or-restart", "ssh.service");

    @Override
    void prepare() throws IOException {
        RealHost.needsRootAnd("sshd", "sshd", "ssh-keygen", "unshare", "mount");
        RealHost.needs("sshd", "unshare", "-m", "true");
        String key = root.at("/etc/ssh/key").toString();
        write(
                "/etc/ssh/sshd_config",
                "Include " + root.at("/etc/ssh/sshd_config.d") + "/*.conf\nHostKey " + key
                        + "\nUsePAM no\nMaxAuthTries 5\nMatch User alice\n    X11Forwarding yes\n");
        write("/etc/ssh/sshd_config.d/50-cloud-init.conf", "PasswordAuthentication yes\n");
        RealHost.output("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key);
        Programs.install(root, "systemctl");
        // where the daemon has never run, its folder below /run is missing
        Programs.script(
                root,
                "sshd",
                "exec unshare -m sh -c 'mount -t tmpfs none /run && mkdir /run/sshd && exec /usr/sbin/sshd \"$@\"' sshd \"$@\"");
        new HostCommands(root).succeed(RELOAD, Duration.ofSeconds(30)); // as at boot
    }

    @Override
    Applier applier() {
        return new SshdApplier(files, root, new Tool(new HostCommands(root), "sshd", Duration.ofSeconds(30)), RELOAD);
    }

    @Override
    List<Example> examples() {
        return List.of(
                new Example("security.ssh.password_authentication", List.of(false, true), List.of("no")),
                new Example("security.ssh.kbd_interactive_authentication", List.of(false, true), List.of("no")),
                new Example("security.ssh.x11_forwarding", List.of(true, false), List.of("no")),
                new Example("security.ssh.allow_tcp_forwarding", List.of(false, true), List.of("no")),
                new Example(
                        "security.ssh.permit_root_login",
                        List.of("no", "prohibit-password", "forced-commands-only", "yes"),
                        List.of("maybe")),
                new Example("security.ssh.max_auth_tries", List.of(3, 1), List.of(0)));
    }

    @Override
    List<String> lacking() {
        return List.of();
    }

    @Test
    void a_configuration_that_sshd_refuses_already_is_not_touched() throws IOException {
        write("/etc/ssh/sshd_config.d/60-broken.conf", "NoSuchKeyword yes\n");
        var before = tree();

        assertThatThrownBy(() -> applier().apply("security.ssh.max_auth_tries", json(3)))
                .hasMessageContaining("NoSuchKeyword");

        assertThat(tree()).isEqualTo(before);
    }
}
