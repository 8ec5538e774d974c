package dev.persona.server.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.persona.server.parameter.ParameterCatalogue;
import dev.persona.server.persona.PersonaReader;
import dev.persona.server.platform.DocumentFormat;
import dev.persona.server.rule.ShippedRules;
import dev.persona.server.trigger.TriggerReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs every story in {@code src/test/resources/scenarios} through the real engine. */
class ScenarioTest {
    private static final Path STORIES = Path.of("src/test/resources/scenarios");
    private static final DocumentFormat FORMAT = new DocumentFormat(1_000_000, 50);
    private static final ShippedRules SHIPPED = new ShippedRules();
    private static final ScenarioReader READER = new ScenarioReader(
            new PersonaReader(new ParameterCatalogue(), new TriggerReader(ZoneOffset.UTC)), List::of, SHIPPED);

    static Stream<Path> stories() throws IOException {
        try (Stream<Path> files = Files.list(STORIES)) {
            return files.map(Path::getFileName).sorted().toList().stream();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("stories")
    void the_story_goes_as_told(Path story) throws IOException {
        Scenario scenario = READER.read(FORMAT.readYaml(Files.readAllBytes(STORIES.resolve(story))));

        SimulationAnswer answer = Simulation.run(scenario, SHIPPED.rules());

        assertThat(scenario.expectations()).isNotEmpty();
        assertThat(answer.unmet()).isEmpty();
    }
}
