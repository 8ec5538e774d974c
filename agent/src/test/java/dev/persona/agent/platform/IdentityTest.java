package dev.persona.agent.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdentityTest {
    private static final String MACHINE_ID = "3d1219c7c4c5404aaa1f6d2a48adfda4";

    @TempDir
    Path root;

    @Test
    void an_instance_is_named_after_its_host() throws IOException {
        write("proc/sys/kernel/hostname", "db-01.example.org\n");
        write("proc/sys/kernel/random/boot_id", "5a9e4b62-8a52-4a53-b50a-0a3b2f1d7c11\n");

        Identity identity = Identity.of(config(Optional.empty()), root);

        assertThat(identity)
                .isEqualTo(new Identity(
                        "db-01.example.org",
                        "db-01.example.org",
                        "5a9e4b62-8a52-4a53-b50a-0a3b2f1d7c11",
                        Map.of("persona_group", List.of("db"))));
    }

    @Test
    void a_configured_name_comes_first() throws IOException {
        write("proc/sys/kernel/hostname", "db-01\n");

        assertThat(Identity.of(config(Optional.of("i-1")), root).instanceId()).isEqualTo("i-1");
    }

    @Test
    void a_host_without_a_name_of_its_own_goes_by_its_machine_id() throws IOException {
        write("proc/sys/kernel/hostname", "localhost.localdomain\n");
        write("etc/machine-id", MACHINE_ID + "\n");

        assertThat(Identity.of(config(Optional.empty()), root).instanceId()).isEqualTo(MACHINE_ID);
    }

    @Test
    void without_any_name_the_agent_says_what_to_configure() {
        assertThatThrownBy(() -> Identity.of(config(Optional.empty()), root))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("set `persona.agent.instance-id`");
    }

    @Test
    void a_name_that_the_server_would_refuse_is_refused_here() {
        assertThatThrownBy(() -> Identity.of(config(Optional.of("no spaces")), root))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("`no spaces` can't name an instance; set `persona.agent.instance-id` to 1-253 of letters,"
                        + " digits and . _ : -");
    }

    private void write(String file, String text) throws IOException {
        Files.createDirectories(root.resolve(file).getParent());
        Files.writeString(root.resolve(file), text);
    }

    private static AgentConfig config(Optional<String> instanceId) {
        return Configured.agent(instanceId.map(id -> Map.of("instance-id", id)).orElse(Map.of("instance-id", "")));
    }
}
