package dev.persona.agent.activation;

import dev.persona.agent.applier.Appliers;
import dev.persona.agent.applier.HostCommands;
import dev.persona.agent.platform.HostConfig;
import dev.persona.agent.platform.HostConfigCheck;
import dev.persona.agent.platform.HostFiles;
import dev.persona.agent.platform.HostRoot;
import dev.persona.agent.platform.LinuxFiles;
import dev.persona.agent.platform.Permission;
import dev.persona.agent.platform.StateLock;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.InstantSource;

/** Makes the enforcement of this host from its owner's configuration. */
final class EnforcementBean {

    /** Held for as long as this agent runs. */
    @Produces
    @Singleton
    StateLock stateLock(HostConfig config) {
        return StateLock.take(config.state().toAbsolutePath());
    }

    void release(@Disposes StateLock lock) {
        lock.close();
    }

    /** @param held so that nothing is read before this agent is alone */
    @Produces
    @Singleton
    Enforcement enforcement(HostConfig config, StateLock held, InstantSource clock) {
        HostConfigCheck.check(config);
        HostFiles files = new LinuxFiles();
        HostRoot root = new HostRoot(config.root());
        return new Enforcement(
                files,
                root,
                config.state().toAbsolutePath(),
                Appliers.of(config, files, new HostCommands(root)),
                new Permission(config.permit()),
                clock);
    }
}
