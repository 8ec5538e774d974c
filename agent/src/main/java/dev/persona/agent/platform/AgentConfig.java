package dev.persona.agent.platform;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithParentName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who this agent is, how often it reports and looks, and what it does when others meddle or the server is away. */
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

    /** What is done about values in force that something else has changed. */
    OnDrift onDrift();

    /** What becomes of the last decision while the server is away. */
    OnDisconnect onDisconnect();

    /** Time until what the host did not take is tried again, PT1S to PT1H; it doubles with each failure, up to PT1H. */
    @WithDefault("PT1M")
    Duration retryInterval();

    /** What an orderly stop of the agent does to the host; a crash always keeps. */
    @WithDefault("keep")
    @WithConverter(Word.Stop.class)
    OnStop onStop();

    /** What is done about values in force that something else has changed. */
    interface OnDrift {
        /** {@code report} shows them only, {@code correct} sets them again. */
        @WithParentName
        @WithDefault("report")
        @WithConverter(Word.Drift.class)
        Reaction reaction();

        /** Corrections of one parameter within {@link #within()}, 1 to 1000; then it is left to whoever changes it. */
        @WithDefault("3")
        int corrections();

        /** The time in which so many corrections are made at most, PT1S to P1D. */
        @WithDefault("PT1H")
        Duration within();

        /** What is done. */
        enum Reaction {
            REPORT,
            CORRECT
        }
    }

    /** What becomes of the last decision while the server is away. */
    interface OnDisconnect {
        /**
         * {@code keep} runs it until the server is back; {@code rollback} goes back to the original configuration, with
         * the pins of this host laid over it.
         */
        @WithParentName
        @WithDefault("keep")
        @WithConverter(Word.Disconnect.class)
        Reaction reaction();

        /** How long the server must have been away before the host is rolled back, PT1S to P30D. */
        @WithDefault("PT1H")
        Duration after();

        /** What becomes of it. */
        enum Reaction {
            KEEP,
            ROLLBACK
        }
    }

    /** What an orderly stop of the agent does to the host. */
    enum OnStop {
        /** Leaves the configuration in force, so that an upgrade or a restart of the agent is no event for the host. */
        KEEP,
        /** Brings the host back to its original configuration; the next start applies the last decision again. */
        RESTORE
    }
}
