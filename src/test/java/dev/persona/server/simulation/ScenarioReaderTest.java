package dev.persona.server.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.persona.server.decision.Input;
import dev.persona.server.parameter.ParameterCatalogue;
import dev.persona.server.persona.PersonaReader;
import dev.persona.server.platform.DocumentFormat;
import dev.persona.server.platform.PolicyException;
import dev.persona.server.rule.ShippedRules;
import dev.persona.server.simulation.Scenario.Happening;
import dev.persona.server.trigger.TriggerReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a scenario may leave out, and what it may not say; the stories in {@code scenarios} have the rest. */
class ScenarioReaderTest {
    private static final DocumentFormat FORMAT = new DocumentFormat(1_000_000, 32);
    private static final ScenarioReader READER = new ScenarioReader(
            new PersonaReader(new ParameterCatalogue(), new TriggerReader(ZoneOffset.UTC)),
            List::of,
            new ShippedRules());
    private static final Instant START = Instant.parse("2026-03-02T08:00:00Z");

    @Test
    void only_the_start_must_be_there() {
        Scenario scenario = read("start: 2026-03-02T09:00:00+01:00");

        assertThat(scenario)
                .isEqualTo(new Scenario(
                        "simulated",
                        Set.of(),
                        Duration.ofSeconds(30),
                        List.of(),
                        Optional.empty(),
                        START,
                        START,
                        new TreeMap<>(),
                        List.of(),
                        Optional.empty()));
    }

    @Test
    void without_until_the_story_ends_with_its_last_entry_or_expectation() {
        assertThat(
                        read("{start: 2026-03-02T08:00:00Z, timeline: [{at: PT3M, resume: true}], expect: [{at: PT1M, active: []}]}")
                                .until())
                .isEqualTo(START.plusSeconds(180));
        assertThat(
                        read("{start: 2026-03-02T08:00:00Z, timeline: [{at: PT3M, resume: true}], expect: [{at: PT4M, active: []}]}")
                                .until())
                .isEqualTo(START.plusSeconds(240));
    }

    @Test
    void an_event_has_a_source_and_whatever_attributes_it_says() {
        Scenario scenario =
                read("{start: 2026-03-02T08:00:00Z, timeline: [{at: PT0S, event: {type: t, x: 1, data: [2]}}]}");

        Input.Event event = (Input.Event)
                ((Happening.Observed) scenario.happenings().get(START).get(0)).input();
        assertThat(event.attributes()).isEqualTo(Map.of("type", "t", "source", "/simulation", "x", "1"));
        assertThat(event.data().toString()).isEqualTo("[2]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{at: PT0S, every: PT1S, users: []} | /timeline/0/every | needs `times`",
                "{at: PT0S, every: PT0S, times: 2, users: []} | /timeline/0/every | must be longer than PT0S",
                "{at: PT0S, times: 2, users: []} | /timeline/0/times | goes with `every` only",
                "{at: PT0S, every: PT1S, times: 0, users: []} | /timeline/0/times | from 1 to 100000",
                "{at: PT0S, every: P30D, times: 200, users: []} | /timeline/0/every | makes the story longer than",
                "{at: P4000D, users: []} | /timeline/0/at | must not be longer than",
                "{at: -PT1S, users: []} | /timeline/0/at | must be between PT0S and 100 years",
                "{at: PT0S, metrics: {m: 1x2}} | /timeline/0/metrics/m | say `every`",
                "{at: PT0S, every: PT1S, metrics: {m: 1x0}} | /timeline/0/metrics/m | must be values such as",
                "{at: PT0S, every: PT1S, metrics: {m: 1x100001}} | /timeline/0/metrics/m | has more than 100000 values",
                "{at: PT0S, every: PT1S, metrics: {m: 0.9x999999999}} | /timeline/0/metrics/m | must be values such as",
                "{at: PT0S, metrics: {m: true}} | /timeline/0/metrics/m | must be a finite number",
                "{at: PT0S, event: {source: /s}} | /timeline/0/event/type | is missing",
                "{at: PT0S, event: {type: t, subject: []}} | /timeline/0/event/subject | must be text",
                "{at: PT0S, users: [{groups: [g]}]} | /timeline/0/users/0/name | is missing",
                "{at: PT0S, unpin: true} | /timeline/0/unpin | must be a string",
                "{at: PT0S, rollback: false} | /timeline/0/rollback | can only be true",
                "{at: PT0S, resume: true, for: PT1M} | /timeline/0/for | goes with `pin`, `hold` and `rollback` only",
                "{at: PT0S, pin: p, for: PT0S} | /timeline/0/for | must be longer than PT0S",
                "{at: PT0S, save: {persona_id: p, priority: high}} | /timeline/0/save/priority | must be a whole number",
                "{at: PT0S, tags: {persona_group: [1]}} | /timeline/0/tags/persona_group/0 | must be a string",
            })
    void an_entry_that_makes_no_sense_is_refused(String entry, String pointer, String detail) {
        PolicyException refusal = catchThrowableOfType(
                PolicyException.class, () -> read("{start: 2026-03-02T08:00:00Z, timeline: [" + entry + "]}"));

        assertThat(refusal.faults()).singleElement().satisfies(fault -> {
            assertThat(fault.pointer()).isEqualTo(pointer);
            assertThat(fault.detail()).contains(detail);
        });
    }

    private static Scenario read(String yaml) {
        return READER.read(FORMAT.readYaml(yaml.getBytes(StandardCharsets.UTF_8)));
    }
}
