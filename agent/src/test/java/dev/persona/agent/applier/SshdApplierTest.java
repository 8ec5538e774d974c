package dev.persona.agent.applier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.persona.agent.platform.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SshdApplierTest extends ProgramApplierContractTest {
    private static final String DROP_IN = "/etc/ssh/sshd_config.d/00-persona-agent.conf";
    private static final List<String> RELOAD = List.of("systemctl", "try-reload-or-restart", "ssh.service");
    private static final String PASSWORDS = "security.ssh.password_authentication";
    private static final String ROOT_LOGIN = "security.ssh.permit_root_login";

    @Override
    void prepare() throws IOException {
        Programs.install(root, "sshd", "systemctl");
        write(
                "/etc/ssh/sshd_config",
                "# see sshd_config(5)\nInclude /etc/ssh/sshd_config.d/*.conf\nX11Forwarding yes\n");
        write("/etc/ssh/sshd_config.d/50-cloud-init.conf", "PasswordAuthentication yes\n");
        new HostCommands(root).succeed(RELOAD, Duration.ofSeconds(30)); // as at boot
    }

    @Override
    String program() {
        return "sshd";
    }

    @Override
    Applier applier() {
        return new SshdApplier(files, root, tool(), RELOAD);
    }

    @Override
    List<Example> examples() {
        List<Object> noBoolean = List.of("no", "yes", 0, List.of());
        return List.of(
                new Example(PASSWORDS, List.of(false, true), noBoolean),
                new Example("security.ssh.kbd_interactive_authentication", List.of(false, true), noBoolean),
                new Example("security.ssh.x11_forwarding", List.of(true, false), noBoolean),
                new Example("security.ssh.allow_tcp_forwarding", List.of(false, true), noBoolean),
                new Example(
                        ROOT_LOGIN,
                        List.of("no", "prohibit-password", "forced-commands-only", "yes"),
                        List.of(true, "maybe", "no\nPermitEmptyPasswords yes")),
                new Example("security.ssh.max_auth_tries", List.of(3, 1), List.of(0, 101, "3", 1.5)));
    }

    @Override
    List<String> lacking() {
        return List.of();
    }

    @Test
    void a_value_comes_before_all_others_and_the_daemon_reads_it() throws IOException {
        applier().apply(PASSWORDS, json(false));

        assertThat(text(DROP_IN))
                .isEqualTo(
                        "# Written by persona-agent, which takes it back; changes are lost.\nPasswordAuthentication no\n");
        assertThat(Files.getPosixFilePermissions(root.at(DROP_IN)).toString()).contains("OTHERS_READ");
        assertThat(text("/run/systemctl/ssh.reads")).contains("passwordauthentication no");
    }

    @Test
    void values_share_the_file_and_each_is_taken_back_alone() throws IOException {
        Snapshot passwords = applier().read(PASSWORDS);
        Snapshot rootLogin = applier().read(ROOT_LOGIN);
        applier().apply(PASSWORDS, json(false));
        applier().apply(ROOT_LOGIN, json("no"));

        applier().restore(PASSWORDS, passwords);

        assertThat(text(DROP_IN)).contains("PermitRootLogin no").doesNotContain("PasswordAuthentication");
        applier().restore(ROOT_LOGIN, rootLogin);
        assertThat(root.at(DROP_IN)).doesNotExist();
    }

    @Test
    void the_whole_configuration_is_judged_with_the_new_values_before_they_take_their_place() throws IOException {
        applier().apply(PASSWORDS, json(false));
        String before = text(DROP_IN);

        assertThatThrownBy(() -> applier().apply("security.ssh.max_auth_tries", json(13)))
                .hasMessage("`sshd` ended with exit code 255: command-line: line 0: integer value out of luck.");

        assertThat(text(DROP_IN)).isEqualTo(before);
        assertThat(Programs.calls(root))
                .contains("sshd <-t> <-f> <" + root.at("/etc/ssh/sshd_config")
                        + "> <-o> <MaxAuthTries=13> <-o> <PasswordAuthentication=no>");
    }

    @Test
    void what_sshd_shows_by_its_old_name_is_the_same() throws IOException {
        assertThat(applier().verify(ROOT_LOGIN, json("prohibit-password")))
                .isEqualTo(new Verification(true, Optional.of("prohibit-password")));
    }

    @Test
    void a_main_file_that_reads_no_others_is_told_what_to_include() throws IOException {
        write("/etc/ssh/sshd_config", "# Include /etc/ssh/sshd_config.d/*.conf\nPort 22\n");

        assertThat(applier().support(PASSWORDS))
                .isEqualTo(new Support.NotSupported("`" + root.at("/etc/ssh/sshd_config")
                        + "` does not read `/etc/ssh/sshd_config.d`; begin it with `Include"
                        + " /etc/ssh/sshd_config.d/*.conf`"));
    }

    @Test
    void keywords_that_the_agent_does_not_know_are_not_of_this_family() {
        assertThat(applier().covers("security.ssh.authorized_keys_command")).isFalse();
        assertThat(applier().covers("security.ssh.")).isFalse();
    }
}
