package dev.persona.server.platform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.persona.server.activation.ActivationConfig;
import dev.persona.server.activation.RecordingConfig;
import dev.persona.server.agentapi.AgentApiConfig;
import dev.persona.server.event.EventConfig;
import dev.persona.server.instance.InstanceConfig;
import dev.persona.server.journal.JournalConfig;
import dev.persona.server.persona.PersonaConfig;
import dev.persona.server.rule.RuleBounds;
import dev.persona.server.rulebook.RulesConfig;
import dev.persona.server.simulation.SimulationConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

/** Pins what holds when nothing is configured. */
class ConfigDefaultsTest {

    @Test
    void the_api_takes_documents_of_a_mebibyte_and_needs_no_if_match() {
        ApiConfig config = defaults(ApiConfig.class);

        assertThat(config.maxDocumentSize().asLongValue()).isEqualTo(1_048_576);
        assertThat(config.maxNestingDepth()).isEqualTo(32);
        assertThat(config.requireIfMatch()).isFalse();
    }

    @Test
    void the_server_is_for_its_own_host_only() {
        assertThat(defaults(SecurityConfig.class).allowRemote()).isFalse();
    }

    @Test
    void ten_thousand_personas_fit_and_schedules_are_in_utc() {
        PersonaConfig config = defaults(PersonaConfig.class);

        assertThat(config.limit()).isEqualTo(10_000);
        assertThat(config.defaultZone()).isEqualTo(ZoneId.of("UTC"));
    }

    @Test
    void an_instance_is_stale_after_three_report_intervals_and_gone_after_five_minutes() {
        InstanceConfig instances = defaults(InstanceConfig.class);

        assertThat(instances.staleAfter()).isEqualTo(Duration.ofSeconds(30));
        assertThat(instances.goneAfter()).isEqualTo(Duration.ofMinutes(5));
        assertThat(instances.maximumCount()).isEqualTo(10_000);
    }

    @Test
    void a_crash_loses_a_second_of_samples_at_most() {
        ActivationConfig fleet = defaults(ActivationConfig.class);

        assertThat(fleet.flushInterval()).isEqualTo(Duration.ofSeconds(1));
        assertThat(fleet.workers()).isZero();
        assertThat(fleet.maximumBacklog()).isEqualTo(100_000);
        assertThat(fleet.reportsPerSecond()).isEqualTo(10);
        assertThat(fleet.reportBurst()).isEqualTo(60);
    }

    @Test
    void events_are_known_again_for_a_day_and_history_for_ninety() {
        EventConfig events = defaults(EventConfig.class);
        JournalConfig history = defaults(JournalConfig.class);

        assertThat(events.deduplicateFor()).isEqualTo(Duration.ofHours(24));
        assertThat(events.maxBodySize().asLongValue()).isEqualTo(1_048_576);
        assertThat(events.maxBatch()).isEqualTo(100);
        assertThat(events.maxNestingDepth()).isEqualTo(32);
        assertThat(history.entriesPerInstance()).isEqualTo(1000);
        assertThat(history.keepFor()).isEqualTo(Duration.ofDays(90));
    }

    @Test
    void the_past_can_be_explained_for_a_day() {
        RecordingConfig recording = defaults(RecordingConfig.class);

        assertThat(recording.keepFor()).isEqualTo(Duration.ofHours(24));
        assertThat(recording.sizePerInstance().asLongValue()).isEqualTo(4 * 1_048_576);
    }

    @Test
    void custom_rules_come_from_no_folder_and_are_stopped_after_five_failures_in_a_row() {
        RulesConfig rules = defaults(RulesConfig.class);

        assertThat(rules.limit()).isEqualTo(100);
        assertThat(rules.versions()).isEqualTo(50);
        assertThat(rules.directory()).isEmpty();
        assertThat(rules.pollInterval()).isEqualTo(Duration.ofSeconds(2));
        assertThat(rules.failuresInARow()).isEqualTo(5);
        assertThat(rules.bounds()).isEqualTo(RuleBounds.USUAL);
    }

    @Test
    void agents_report_every_five_seconds() {
        AgentApiConfig agents = defaults(AgentApiConfig.class);

        assertThat(agents.reportInterval()).isEqualTo(Duration.ofSeconds(5));
        assertThat(agents.helloWithin()).isEqualTo(Duration.ofSeconds(10));
        assertThat(agents.idleAfter()).isEqualTo(Duration.ofSeconds(60));
        assertThat(agents.framesPerSecond()).isEqualTo(20);
        assertThat(agents.frameBurst()).isEqualTo(100);
        assertThat(agents.maxRefusals()).isEqualTo(10);
        assertThat(agents.maxNestingDepth()).isEqualTo(16);
        assertThat(agents.maxFrameLength()).isEqualTo(262_144);
    }

    @Test
    void four_simulations_run_at_once() {
        assertThat(defaults(SimulationConfig.class).maxRunning()).isEqualTo(4);
    }

    private static <T> T defaults(Class<T> mapping) {
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(mapping)
                .build()
                .getConfigMapping(mapping);
    }
}
