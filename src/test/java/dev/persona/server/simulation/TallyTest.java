package dev.persona.server.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.persona.server.parameter.ParameterCatalogue;
import dev.persona.server.persona.PersonaReader;
import dev.persona.server.platform.DocumentFormat;
import dev.persona.server.rule.ShippedRules;
import dev.persona.server.simulation.PersonaSummary.Contest;
import dev.persona.server.trigger.TriggerReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What is summed up of personas when a simulation ends. */
class TallyTest {
    private static final String PINNED =
            """
            personas:
              - {persona_id: a, persona_groups: [g], priority: 3, configuration_parameters: {cpu.weight: 100, vm.transparent_hugepage: never}, activation_triggers: [{type: user_profile_association, users: [x]}]}
              - {persona_id: b, persona_groups: [g], priority: 2, configuration_parameters: {cpu.weight: 200}, activation_triggers: [{type: user_profile_association, users: [x]}]}
              - {persona_id: c, persona_groups: [g], priority: 1, configuration_parameters: {cpu.weight: 300, io.weight: 10}, activation_triggers: [{type: user_profile_association, users: [x]}]}
            instance: {tags: {persona_group: g}}
            start: 2026-03-02T00:00:00Z
            """;

    @Test
    void switches_count_beginnings_and_ends_on_an_average_day() {
        PersonaSummary twoDays = summary(
                        """
                        timeline:
                          - {at: PT1H, pin: a, for: PT1H}
                          - {at: PT30H, pin: a, for: PT1H}
                          - {at: PT47H, pin: a}
                        until: PT48H
                        """)
                .get("a");
        PersonaSummary fiveMinutes = summary("timeline: [{at: PT0S, pin: a, for: PT1M}]\nuntil: PT5M\n")
                .get("a");

        assertThat(twoDays.activations()).isEqualTo(3);
        assertThat(twoDays.activeFor()).isEqualTo(Duration.ofHours(3));
        assertThat(twoDays.switchesPerDay()).isEqualTo(2.5);
        assertThat(fiveMinutes.switchesPerDay())
                .as("not the 576 of a day made of such minutes")
                .isEqualTo(2);
    }

    @Test
    void a_flap_is_a_switch_within_ten_minutes_of_the_one_before() {
        PersonaSummary summary = summary(
                        """
                        timeline:
                          - {at: PT10M, pin: a, for: PT10M}
                          - {at: PT29M59S, pin: a, for: PT9M59S}
                          - {at: PT1H, pin: a}
                        until: PT61M
                        """)
                .get("a");

        assertThat(summary.activations()).isEqualTo(3);
        assertThat(summary.flaps())
                .as("on at 29:59 after off at 20:00, and off at 39:58; not off at 20:00, exactly ten minutes after on")
                .isEqualTo(2);
    }

    @Test
    void contested_parameters_are_summed_up_for_winners_and_losers() {
        SortedMap<String, PersonaSummary> summary = summary(
                """
                timeline:
                  - {at: PT0S, pin: c}
                  - {at: PT1H, pin: b}
                  - {at: PT2H, pin: a, for: PT30M}
                until: PT4H
                """);

        assertThat(summary.get("a").contested()).containsOnlyKeys("cpu.weight");
        assertThat(summary.get("a").contested().get("cpu.weight")).isEqualTo(contest("PT30M", "PT0S", "b", "c"));
        assertThat(summary.get("b").contested().get("cpu.weight")).isEqualTo(contest("PT2H30M", "PT30M", "a", "c"));
        assertThat(summary.get("c").contested().get("cpu.weight")).isEqualTo(contest("PT0S", "PT3H", "a", "b"));
    }

    @Test
    void a_persona_that_does_nothing_is_summed_up_as_such() {
        assertThat(summary("until: P1D\n").get("b"))
                .isEqualTo(new PersonaSummary(0, Duration.ZERO, 0, 0, new TreeMap<>()));
    }

    private static Contest contest(String won, String lost, String... against) {
        return new Contest(Duration.parse(won), Duration.parse(lost), new TreeSet<>(List.of(against)));
    }

    private static SortedMap<String, PersonaSummary> summary(String story) {
        ScenarioReader reader = new ScenarioReader(
                new PersonaReader(new ParameterCatalogue(), new TriggerReader(ZoneOffset.UTC)),
                List::of,
                new ShippedRules());
        DocumentFormat format = new DocumentFormat(1_000_000, 32);
        return Simulation.run(
                        reader.read(format.readYaml((PINNED + story).getBytes(StandardCharsets.UTF_8))), List.of())
                .summary();
    }
}
