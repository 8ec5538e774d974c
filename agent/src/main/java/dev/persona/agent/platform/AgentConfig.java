package dev.persona.agent.platform;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who this agent is, how often it reports and looks, and what its end does to the host. */
@ConfigMapping(prefix = "persona.agent")
public interface AgentConfig {

    /** The name of this instance in the fleet, 1-253 of letters, digits and {@code . _ : -}; by default the
     * host's name. */
    Optional<String> instanceId();

    /** Tags of this instance, each with one value or several, as in {@code persona.agent.tags.persona_group=db,linux}. */
    Map<String, List<String>> tags();

    /** Time from one report to the next, PT1S to PT1H; by default what the server asks for, and PT5S before it has. */
    Optional<Duration> reportInterval();

    /** Time from one look at whether others have changed what is in force to the next, PT1S to P1D. */
    @WithDefault("PT1M")
    Duration verifyInterval();

    /** What an orderly stop of the agent does to the host; a crash always keeps. */
    @WithDefault("keep")
    OnStop onStop();

    /** What an orderly stop of the agent does to the host. */
    enum OnStop {
        /** Leaves the configuration in force, so that an upgrade or a restart of the agent is no event for the host. */
        KEEP,
        /** Brings the host back to its original configuration; the next start applies the last decision again. */
        RESTORE
    }
}
