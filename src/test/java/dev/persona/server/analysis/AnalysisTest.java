package dev.persona.server.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.server.parameter.ParameterCatalogue;
import dev.persona.server.persona.Persona;
import dev.persona.server.persona.PersonaReader;
import dev.persona.server.persona.PersonaWarning;
import dev.persona.server.persona.PersonaWarning.Kind;
import dev.persona.server.platform.DocumentFormat;
import dev.persona.server.platform.Faults;
import dev.persona.server.trigger.TriggerReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnalysisTest {
    static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final ParameterCatalogue CATALOGUE = new ParameterCatalogue();
    private static final DocumentFormat FORMAT = new DocumentFormat(1_000_000, 50);
    private static final PersonaReader READER = new PersonaReader(CATALOGUE, new TriggerReader(ZoneOffset.UTC));

    @ParameterizedTest
    @ValueSource(
            strings = {
                // No value is both, whatever goes on besides.
                "[{all: [{type: resource_utilization_thresholds, metric: cpu, operator: '>', value: 0.8},"
                        + " {type: resource_utilization_thresholds, metric: cpu, operator: '<', value: 0.5}]}]",
                "[{all: [{type: resource_utilization_thresholds, metric: cpu, operator: '>', value: 0.8, for: PT5M},"
                        + " {not: {type: resource_utilization_thresholds, metric: cpu, operator: '>', value: 0.7}}]}]",
                "[{all: [{type: resource_utilization_thresholds, metric: cpu, operator: '==', value: 1},"
                        + " {type: resource_utilization_thresholds, metric: cpu, operator: '==', value: 2}]}]",
                // A window that is over, and two that never meet.
                "[{type: time_schedule, end: '2026-01-01T00:00:00Z'}]",
                "[{all: [{type: time_schedule, from: '08:00', to: '18:00', days: MON-FRI, timezone: Europe/Berlin},"
                        + " {type: time_schedule, from: '20:00', to: '22:00', timezone: Europe/Berlin}]}]",
                "[{all: [{type: time_schedule, cron: '0 8 * * MON-FRI', duration: PT2H, timezone: UTC},"
                        + " {type: time_schedule, cron: '0 8 * * SAT,SUN', duration: PT2H, timezone: UTC}]}]",
                // Something and its contrary; an event that contradicts itself.
                "[{all: [{type: user_profile_association, users: [root]},"
                        + " {not: {type: user_profile_association, users: [root]}}]}]",
                "[{type: external_event_subscriptions, event_type: alert, hold: PT1M,"
                        + " where: {/score: {'>': 7, '<': 3}}}]",
            })
    void what_can_never_activate_is_said(String activation) {
        assertThat(kinds(persona("p", "activation_triggers: " + activation))).containsExactly(Kind.NEVER_ACTIVATES);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Between the two `for`s and clears the value may be anything: nothing is claimed.
                "[{all: [{type: resource_utilization_thresholds, metric: cpu, operator: '>', value: 0.8, clear_for: PT5M},"
                        + " {type: resource_utilization_thresholds, metric: cpu, operator: '<', value: 0.5}]}]",
                "[{all: [{type: resource_utilization_thresholds, metric: cpu, operator: '>', value: 0.8},"
                        + " {type: resource_utilization_thresholds, metric: memory, operator: '<', value: 0.5}]}]",
                "[{all: [{type: time_schedule, from: '08:00', to: '18:00', timezone: Europe/Berlin},"
                        + " {type: time_schedule, from: '17:59', to: '22:00', timezone: Europe/Berlin}]}]",
                "[{type: time_schedule, cron: '0 0 29 2 *', duration: PT1H}]",
                "[{type: external_event_subscriptions, event_type: alert, hold: PT1M,"
                        + " where: {/score: {'>': 3, '<': 7}, severity: critical}}]",
            })
    void what_can_activate_and_end_is_left_in_peace(String activation) {
        assertThat(kinds(persona("p", "activation_triggers: " + activation))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "system.cpu.utilization  | 80   | VALUE_OUT_OF_RANGE | 80 percent are `0.8` or `\"80%\"`",
                "system.cpu.utilization  | -0.5 | VALUE_OUT_OF_RANGE | is a share from 0 to 1",
                "system.cpu.utilisation  | 0.8  | UNFAMILIAR_METRIC  | did you mean `system.cpu.utilization`?",
                "system.disk.io_time.vda | 80 | VALUE_OUT_OF_RANGE | is a share from 0 to 1",
                "hw.temperatur | 80 | UNFAMILIAR_METRIC | did you mean `hw.temperature`?",
                "system.memory.utilizatoin | 0.8 | UNFAMILIAR_METRIC | did you mean `system.memory.utilization`?",
            })
    void a_slip_in_a_threshold_is_said(String metric, String value, Kind kind, String detail) {
        Persona persona = persona(
                "p",
                "activation_triggers: [{not: {type: resource_utilization_thresholds, metric: " + metric
                        + ", operator: '>', value: " + value + "}}]");

        PersonaWarning warning = only(kind, warnings(persona));

        assertThat(warning.pointer()).isEqualTo("/activation_triggers/0");
        assertThat(warning.detail()).contains(detail);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "system.cpu.load_average.1m",
                "queue.utilization",
                "system.gpu.temperature",
                "app.requests",
                "system.disk.io.read.rd",
                "system.network.io.receive.eth0",
                "hw.temperature.k10temp",
                "'queue_length{queue=mail}'"
            })
    void another_metric_may_have_any_name_and_value(String metric) {
        assertThat(kinds(persona(
                        "p",
                        "activation_triggers: [{type: resource_utilization_thresholds, metric: " + metric
                                + ", operator: '>', value: 80}]")))
                .isEmpty();
    }

    @Test
    void a_persona_in_no_group_applies_nowhere_and_that_is_said() {
        Persona persona = persona("p", "persona_groups: []");

        assertThat(only(Kind.APPLIES_NOWHERE, warnings(persona)).detail()).contains("no persona group");
    }

    @Test
    void the_metrics_taken_for_meant_are_those_of_the_documentation() throws IOException {
        String documented = Files.readString(Path.of("docs/metrics.md"));

        assertThat(AgentMetrics.NAMES).allSatisfy(name -> assertThat(documented).contains("| `" + name + "` |"));
        assertThat(documented.lines().filter(line -> line.startsWith("| `system.") || line.startsWith("| `hw.")))
                .hasSameSizeAs(AgentMetrics.NAMES);
        assertThat(AgentMetrics.NAMES).containsAll(AgentMetrics.OF_DEVICES);
        assertThat(AgentMetrics.OF_DEVICES)
                .allSatisfy(name -> assertThat(documented).contains("`" + name + ".<"));
    }

    @Test
    void what_can_never_end_is_said_with_the_reason() {
        String busy = "{type: resource_utilization_thresholds, metric: cpu, operator: '>', value: 0.8}";
        String always = "activation_triggers: [{type: time_schedule, from: '00:00', to: '00:00'}]";
        String unended = "activation_triggers: [" + busy + "]\n"
                + "deactivation_triggers: [{type: time_schedule, end: '2026-01-01T00:00:00Z'}]";
        String together = "activation_triggers: [" + busy + "]\ndeactivation_triggers: [" + busy + "]";

        assertThat(warnings(persona("p", always))).singleElement().satisfies(warning -> {
            assertThat(warning.kind()).isEqualTo(Kind.NEVER_DEACTIVATES);
            assertThat(warning.detail())
                    .isEqualTo("once it is active it never ends (schedules were looked at until 2031-11-27), for its"
                            + " activation triggers never become false: 00:00 to 00:00 in Z");
        });
        assertThat(warnings(persona("p", unended))).singleElement().satisfies(warning -> {
            assertThat(warning.pointer()).isEqualTo("/deactivation_triggers");
            assertThat(warning.detail()).contains("its deactivation triggers never become true: until 2026-01-01");
        });
        assertThat(warnings(persona("p", together))).first().satisfies(warning -> assertThat(warning.detail())
                .endsWith("its deactivation triggers are never true while its activation triggers are false"));
    }

    @Test
    void deactivation_that_holds_nothing_back_flaps_and_a_story_shows_it() {
        Persona persona = persona(
                "p",
                """
                activation_triggers: [{type: resource_utilization_thresholds, metric: cpu, operator: ">", value: 0.8, for: PT1M}]
                deactivation_triggers: [{type: resource_utilization_thresholds, metric: cpu, operator: ">", value: 0.5}]""");

        PersonaWarning warning = only(Kind.DEACTIVATION_IMPLIED, warnings(persona));

        assertThat(warning.detail()).contains("it flaps, in the witness 6 times within PT6M");
        assertThat(warning.witness().orElseThrow().at("/scenario/persona_ids/0").asText())
                .isEqualTo("p");
    }

    @Test
    void a_long_minimum_time_is_no_flapping() {
        Persona persona = persona(
                "p",
                """
                minimum_active: PT1H
                activation_triggers: [{type: resource_utilization_thresholds, metric: cpu, operator: ">", value: 0.8, for: PT1M}]
                deactivation_triggers: [{type: resource_utilization_thresholds, metric: cpu, operator: ">", value: 0.5}]""");

        assertThat(kinds(persona)).isEmpty();
    }

    @Test
    void bands_that_overlap_are_said_with_a_value_and_bands_with_a_gap_are_not() {
        String band =
                """
                activation_triggers: [{type: resource_utilization_thresholds, metric: cpu, operator: ">", value: 0.6, for: PT10M}]
                deactivation_triggers:
                  - {type: time_schedule, from: "22:00", to: "06:00"}
                  - {type: resource_utilization_thresholds, metric: cpu, operator: "<", value: %s, for: PT5M}""";

        PersonaWarning warning = only(Kind.OVERLAPPING_BAND, warnings(persona("p", band.formatted("0.8"))));

        assertThat(warning.pointer()).isEqualTo("/deactivation_triggers/1");
        assertThat(warning.detail()).startsWith("`cpu` at 0.7 both activates");
        assertThat(warning.witness().orElseThrow().at("/metrics/cpu").asDouble())
                .isEqualTo(0.7);
        assertThat(kinds(persona("p", band.formatted("0.6")))).isEmpty();
        assertThat(kinds(persona("p", band.formatted("0.5")))).isEmpty();
    }

    @Test
    void equals_that_disagree_are_said_with_the_instant_at_which_they_do() {
        Persona night = persona(
                "night",
                """
                priority: 5
                configuration_parameters: {cpu.weight: 50, memory.high: 1GiB}
                activation_triggers: [{type: time_schedule, from: "22:00", to: "06:00", timezone: UTC}]""");
        Persona busy = persona(
                "busy",
                """
                priority: 5
                configuration_parameters: {cpu.weight: 800, memory.high: 1024MiB}
                activation_triggers:
                  - all:
                      - {type: resource_utilization_thresholds, metric: cpu, operator: ">", value: 0.8, for: PT2H}
                      - {type: external_event_subscriptions, event_type: alert, hold: PT1M, at_least: 3, within: PT1M,
                         where: {severity: critical, /score: {">": 7}}}
                      - {type: user_profile_association, groups: [dba*]}""");

        PersonaWarning warning = only(Kind.UNDECIDED_CONFLICT, warnings(busy, night));

        assertThat(warning.others()).containsExactly("night");
        assertThat(warning.detail())
                .isEqualTo("it and `night` can be active at once with priority 5, and disagree on `cpu.weight`; `busy`"
                        + " wins, only because its id sorts first");
        JsonNode witness = warning.witness().orElseThrow();
        assertThat(witness.path("at").asText()).isEqualTo("2026-11-23T22:00:00Z");
        assertThat(witness.path("events")).hasSize(3);
        assertThat(witness.at("/users/0/groups/0").asText()).isEqualTo("dba");
    }

    @Test
    void no_conflict_is_claimed_of_those_who_exclude_each_other_or_agree_or_differ_in_rank_or_group() {
        String text =
                """
                priority: %s
                configuration_parameters: {cpu.weight: %s}
                activation_triggers: [{type: resource_utilization_thresholds, metric: cpu, operator: "%s", value: 0.8}]""";
        Persona high = persona("high", text.formatted(5, 800, ">"));

        assertThat(kinds(high, persona("low", text.formatted(5, 50, "<=")))).isEmpty();
        assertThat(kinds(high, persona("same", text.formatted(5, 800, ">=")))).doesNotContain(Kind.UNDECIDED_CONFLICT);
        assertThat(kinds(high, persona("other", text.formatted(4, 50, ">=")))).doesNotContain(Kind.UNDECIDED_CONFLICT);
        assertThat(kinds(high, persona("elsewhere", text.formatted(5, 50, ">=") + "\npersona_groups: [x]")))
                .isEmpty();
        assertThat(kinds(high, persona("disabled", text.formatted(5, 50, ">=") + "\nenabled: false")))
                .isEmpty();
        assertThat(kinds(high, persona("disputed", text.formatted(5, 50, ">="))))
                .contains(Kind.UNDECIDED_CONFLICT);
    }

    @Test
    void one_that_others_always_outdo_is_said_from_both_sides() {
        String busier = "activation_triggers:"
                + " [{type: resource_utilization_thresholds, metric: cpu, operator: '>', value: 0.9, for: PT1M}]";
        String busy = "activation_triggers:"
                + " [{type: resource_utilization_thresholds, metric: cpu, operator: '>', value: 0.8}]";
        Persona victim =
                persona("victim", "priority: 1\nconfiguration_parameters: {cpu.weight: 1, io.weight: 2}\n" + busier);
        Persona one = persona("one", "priority: 2\nconfiguration_parameters: {cpu.weight: 3}\n" + busy);
        Persona two = persona("two", "priority: 3\nconfiguration_parameters: {io.weight: 4}\n" + busy);
        Persona both = persona("both", "priority: 2\nconfiguration_parameters: {cpu.weight: 3, io.weight: 4}\n" + busy);

        assertThat(kinds(victim, one)).isEmpty();
        assertThat(only(Kind.ALWAYS_SHADOWED, warnings(victim, one, two)).others())
                .containsExactly("two", "one");
        assertThat(only(Kind.ALWAYS_SHADOWS, warnings(both, victim)).others()).containsExactly("victim");
        assertThat(kinds(
                        victim,
                        persona(
                                "late",
                                "priority: 2\ncooldown: PT1S\n"
                                        + "configuration_parameters: {cpu.weight: 3, io.weight: 4}\n" + busy)))
                .isEmpty();
        assertThat(kinds(
                        persona(
                                "patient",
                                "priority: 1\nminimum_active: PT1S\n" + "configuration_parameters: {cpu.weight: 1}\n"
                                        + busier),
                        one))
                .isEmpty();
    }

    @Test
    void a_group_of_a_thousand_is_looked_at_within_bounds() {
        List<Persona> others = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            others.add(persona("p" + i, crowded(i)));
        }
        Persona persona = persona("p", crowded(1_001));
        warnings(persona, others);

        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long start = threads.getCurrentThreadCpuTime();
        List<PersonaWarning> found = warnings(persona, others);
        Duration taken = Duration.ofNanos(threads.getCurrentThreadCpuTime() - start);

        assertThat(found).extracting(PersonaWarning::kind).contains(Kind.UNDECIDED_CONFLICT);
        assertThat(taken).isLessThan(Duration.ofSeconds(2));
    }

    private static String crowded(int i) {
        return """
                priority: 5
                configuration_parameters: {cpu.weight: %s, io.weight: 7}
                activation_triggers:
                  - any:
                      - {type: resource_utilization_thresholds, metric: m%s, operator: ">", value: 0.%s, for: PT2M, clear_value: 0.1}
                      - all:
                          - {type: time_schedule, cron: "%s */2 * * *", duration: PT%sM}
                          - {type: external_event_subscriptions, event_type: alert%s, hold: PT10M}
                deactivation_triggers:
                  - {type: resource_utilization_thresholds, metric: m%s, operator: "<", value: 0.05, for: PT5M}"""
                .formatted(1 + i % 900, i % 7, 2 + i % 8, i % 60, 1 + i % 90, i % 5, i % 7);
    }

    private static PersonaWarning only(Kind kind, List<PersonaWarning> warnings) {
        assertThat(warnings).extracting(PersonaWarning::kind).containsExactly(kind);
        return warnings.get(0);
    }

    private static List<Kind> kinds(Persona persona, Persona... others) {
        return warnings(persona, others).stream().map(PersonaWarning::kind).toList();
    }

    private static List<PersonaWarning> warnings(Persona persona, Persona... others) {
        return warnings(persona, List.of(others));
    }

    private static List<PersonaWarning> warnings(Persona persona, List<Persona> others) {
        return new Analysis(CATALOGUE, persona, others, NOW).warnings();
    }

    private static Persona persona(String id, String text) {
        String groups = text.contains("persona_groups") ? "" : "\npersona_groups: [db]";
        Faults faults = new Faults();
        JsonNode document =
                FORMAT.readYaml(("persona_id: " + id + groups + "\n" + text + "\n").getBytes(StandardCharsets.UTF_8));
        return READER.read(document, "", faults, NOW)
                .orElseThrow(() -> new IllegalArgumentException(faults.list().toString()));
    }
}
