package dev.persona.agent.applier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.persona.agent.platform.DeclaredHost;
import dev.persona.agent.platform.HostConfig;
import dev.persona.agent.platform.HostRoot;
import dev.persona.agent.platform.LinuxFiles;
import dev.persona.agent.platform.ParameterFamilies;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AppliersTest {

    @Test
    void each_name_that_a_parameter_can_have_is_covered_by_a_family() {
        HostConfig config = new DeclaredHost(
                Path.of("/"), Path.of("state"), DeclaredHost.Group.of("db.slice"), List.of(), Map.of(), Map.of());
        Appliers appliers = Appliers.of(config, new LinuxFiles(), new HostCommands(new HostRoot(Path.of("/"))));

        assertThat(ParameterFamilies.NAMES).allSatisfy(name -> assertThat(appliers.covering(name.replace("*", "x")))
                .as(name)
                .isPresent());
    }
}
