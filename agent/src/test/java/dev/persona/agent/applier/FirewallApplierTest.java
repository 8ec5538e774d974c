package dev.persona.agent.applier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.persona.agent.platform.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FirewallApplierTest extends ProgramApplierContractTest {
    private static final String PARAMETER = "security.firewall.profile";
    private static final String TABLE = "/run/nft/persona_agent";

    @Override
    void prepare() throws IOException {
        Programs.install(root, "nft");
        Files.createDirectories(root.at("/run/nft"));
        write(
                "/etc/persona-agent/lockdown.nft",
                "chain input {\n  type filter hook input priority 0; policy drop;\n}\n");
        write(
                "/etc/persona-agent/office.nft",
                "chain input {\n  type filter hook input priority 0; policy accept;\n}\n");
        write("/etc/persona-agent/broken.nft", "chain input {\n  no rule\n}\n");
    }

    @Override
    String program() {
        return "nft";
    }

    @Override
    Applier applier() {
        return applier(Map.of(
                "lockdown", "/etc/persona-agent/lockdown.nft",
                "office", "/etc/persona-agent/office.nft",
                "broken", "/etc/persona-agent/broken.nft",
                "lost", "/etc/persona-agent/lost.nft"));
    }

    private Applier applier(Map<String, String> profiles) {
        return new FirewallApplier(files, root, tool(), profiles);
    }

    @Override
    List<Example> examples() {
        return List.of(new Example(
                PARAMETER, List.of("lockdown", "office"), List.of("unknown", "", "../lockdown", true, 1, List.of())));
    }

    @Override
    List<String> lacking() {
        return List.of();
    }

    @Test
    void a_profile_is_checked_first_and_replaces_the_one_before_in_one_transaction() throws IOException {
        applier().apply(PARAMETER, json("office"));
        applier().apply(PARAMETER, json("lockdown"));

        assertThat(text(TABLE)).contains("comment \"lockdown ", "policy drop").doesNotContain("policy accept");
        assertThat(Programs.calls(root)).anyMatch(call -> call.startsWith("nft <-c> <table inet persona_agent"));
    }

    @Test
    void a_profile_that_nft_does_not_accept_leaves_the_one_before_in_force() throws IOException {
        applier().apply(PARAMETER, json("office"));
        String before = text(TABLE);

        assertThatThrownBy(() -> applier().apply(PARAMETER, json("broken")))
                .hasMessage("`nft` ended with exit code 1: Error: syntax error, unexpected rule");

        assertThat(text(TABLE)).isEqualTo(before);
    }

    @Test
    void a_profile_whose_file_has_changed_no_longer_holds() throws IOException {
        applier().apply(PARAMETER, json("lockdown"));
        write("/etc/persona-agent/lockdown.nft", "chain input {\n}\n");

        assertThat(applier().verify(PARAMETER, json("lockdown")).holds()).isFalse();
    }

    @Test
    void rules_that_somebody_else_has_changed_no_longer_hold() throws IOException {
        applier().apply(PARAMETER, json("lockdown"));
        write(TABLE, text(TABLE).replace("policy drop", "policy accept"));

        assertThat(applier().verify(PARAMETER, json("lockdown"))).satisfies(verification -> {
            assertThat(verification.holds()).isFalse();
            assertThat(verification.actual().orElseThrow()).endsWith("with rules that somebody else has changed");
        });
    }

    @Test
    void a_table_that_was_there_before_comes_back() throws IOException {
        applier().apply(PARAMETER, json("office"));
        Snapshot original = applier().read(PARAMETER);
        String before = text(TABLE);
        applier().apply(PARAMETER, json("lockdown"));

        applier().restore(PARAMETER, original);

        assertThat(text(TABLE)).isEqualTo(before);
    }

    @Test
    void a_profile_without_its_file_is_named_with_the_key() {
        assertThatThrownBy(() -> applier().apply(PARAMETER, json("lost")))
                .hasMessage("`" + root.at("/etc/persona-agent/lost.nft")
                        + "` of `persona.agent.firewall.profile.lost` does not exist");
    }

    @Test
    void without_a_declared_profile_the_key_is_named() throws IOException {
        assertThat(applier(Map.of()).support(PARAMETER))
                .isEqualTo(new Support.NotSupported(
                        "no profile is declared, see `persona.agent.firewall.profile.<name>`"));
        assertThat(applier().verify(PARAMETER, json("lockdown")))
                .isEqualTo(new Verification(false, Optional.of("no profile")));
    }
}
