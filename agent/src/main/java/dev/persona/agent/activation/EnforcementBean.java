package dev.persona.agent.activation;

import dev.persona.agent.applier.Appliers;
import dev.persona.agent.applier.HostCommands;
import dev.persona.agent.platform.HostConfig;
import dev.persona.agent.platform.HostConfigCheck;
import dev.persona.agent.platform.HostFiles;
import dev.persona.agent.platform.HostRoot;
import dev.persona.agent.platform.LinuxFiles;
import dev.persona.agent.platform.Permission;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.InstantSource;

/** Makes the enforcement of this host from its owner's configuration. */
final class EnforcementBean {

    @Produces
    @Singleton
    Enforcement enforcement(HostConfig config, InstantSource clock) {
        HostConfigCheck.check(config);
        HostFiles files = new LinuxFiles();
        return new Enforcement(
                files,
                new HostRoot(config.root()),
                config.state().toAbsolutePath(),
                Appliers.of(config, files, new HostCommands()),
                new Permission(config.permit()),
                clock);
    }
}
