package dev.persona.agent.applier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The real nft and kernel, in a network namespace of the test's own that has rules of others. */
class RealFirewallTest extends ApplierContractTest {
    private static final String PARAMETER = "security.firewall.profile";
    private RealHost.Network network;

    @Override
    void prepare() throws IOException {
        RealHost.needsRootAnd("nftables", "nft");
        network = RealHost.Network.make("nftables");
        RealHost.needs("nftables", "ip", "netns", "exec", network.name(), "nft", "add", "table", "inet", "others");
        network.run("nft", "add", "chain", "inet", "others", "input", "{ type filter hook input priority 0; }");
        write(
                "/etc/persona-agent/lockdown.nft",
                """
                set admins {
                    type ipv4_addr
                    flags interval
                    elements = { 192.0.2.0/24, 198.51.100.7 }
                }
                chain input {
                    type filter hook input priority filter; policy drop;
                    iif lo accept
                    ct state established,related counter accept
                    ip saddr @admins tcp dport 22 accept
                }
                """);
        write(
                "/etc/persona-agent/office.nft",
                """
                chain output {
                    type filter hook output priority filter; policy accept;
                    tcp dport { 25, 465, 587 } reject with tcp reset
                }
                """);
        write("/etc/persona-agent/broken.nft", "chain input {\n  tcp dport maybe accept\n}\n");
        network.hold(root, "nft");
    }

    @AfterEach
    void end() throws IOException {
        if (network != null) {
            network.close();
        }
    }

    @Override
    Applier applier() {
        return new FirewallApplier(
                files,
                root,
                new Tool(new HostCommands(root), "nft", Duration.ofSeconds(30)),
                Map.of(
                        "lockdown", "/etc/persona-agent/lockdown.nft",
                        "office", "/etc/persona-agent/office.nft",
                        "broken", "/etc/persona-agent/broken.nft"));
    }

    @Override
    List<Example> examples() {
        return List.of(new Example(PARAMETER, List.of("lockdown", "office"), List.of("unknown")));
    }

    @Override
    List<String> lacking() {
        return List.of();
    }

    @Override
    Map<String, String> tree() throws IOException {
        return Map.of("nft", network.run("nft", "-s", "list", "ruleset"));
    }

    @Test
    void a_profile_that_nft_does_not_accept_leaves_the_one_before_in_force() throws IOException {
        applier().apply(PARAMETER, json("lockdown"));
        Map<String, String> before = tree();

        assertThatThrownBy(() -> applier().apply(PARAMETER, json("broken"))).hasMessageContaining("maybe");

        assertThat(tree()).isEqualTo(before);
    }

    @Test
    void a_rule_that_somebody_adds_is_seen_and_an_element_that_comes_by_itself_is_not() throws IOException {
        applier().apply(PARAMETER, json("lockdown"));

        network.run("nft", "add", "element", "inet", "persona_agent", "admins", "{ 203.0.113.5 }");
        assertThat(applier().verify(PARAMETER, json("lockdown")).holds()).isTrue();
        network.run("nft", "add", "rule", "inet", "persona_agent", "input", "accept");
        assertThat(applier().verify(PARAMETER, json("lockdown")).holds()).isFalse();
    }

    @Test
    void a_table_that_was_there_before_comes_back_with_its_elements() throws IOException {
        applier().apply(PARAMETER, json("lockdown"));
        Map<String, String> before = tree();
        var original = applier().read(PARAMETER);
        applier().apply(PARAMETER, json("office"));

        applier().restore(PARAMETER, original);

        assertThat(tree()).isEqualTo(before);
    }
}
