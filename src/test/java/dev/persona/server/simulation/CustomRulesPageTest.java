package dev.persona.server.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.persona.server.parameter.ParameterCatalogue;
import dev.persona.server.persona.PersonaReader;
import dev.persona.server.rule.ShippedRules;
import dev.persona.server.trigger.TriggerReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tells the worked examples of docs/custom-rules.md. */
class CustomRulesPageTest {
    private static final ScenarioReader READER = new ScenarioReader(
            new PersonaReader(new ParameterCatalogue(), new TriggerReader(ZoneOffset.UTC)),
            List::of,
            new ShippedRules());

    static Stream<CustomRulesPage.Example> examples() {
        return CustomRulesPage.examples();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("examples")
    void an_example_goes_as_told(CustomRulesPage.Example example) {
        Scenario scenario = READER.read(example.scenario());

        SimulationAnswer answer = Simulation.run(scenario, List.of());

        assertThat(scenario.expectations()).isNotEmpty();
        assertThat(answer.unmet()).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("examples")
    void its_rule_is_what_makes_it_go_so(CustomRulesPage.Example example) {
        Scenario without = READER.read(example.scenario().without("rules"));

        assertThat(Simulation.run(without, List.of()).unmet()).isNotEmpty();
    }

    @Test
    void every_block_of_drl_on_the_page_is_an_example_or_the_first_one_of_them() throws IOException {
        List<String> rules = Stream.of(
                        Files.readString(Path.of("docs/custom-rules.md")).split("```java\n"))
                .skip(1)
                .map(block -> block.substring(0, block.indexOf("```")))
                .toList();

        assertThat(examples()).hasSizeGreaterThanOrEqualTo(6);
        assertThat(rules).hasSize((int) examples().count() + 1);
        assertThat(rules.get(0)).isEqualTo(examples().findFirst().orElseThrow().drl());
    }
}
