package dev.persona.server.persona;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.server.parameter.ParameterCatalogue;
import dev.persona.server.platform.DocumentFormat;
import dev.persona.server.platform.Fault;
import dev.persona.server.platform.Faults;
import dev.persona.server.trigger.TriggerReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the documentation shows as YAML can be saved as it stands. */
class PersonaDocumentationTest {
    private static final DocumentFormat FORMAT = new DocumentFormat(100_000, 50);
    private static final TriggerReader TRIGGERS = new TriggerReader(ZoneOffset.UTC);
    private static final PersonaReader PERSONAS = new PersonaReader(new ParameterCatalogue(), TRIGGERS);

    @ParameterizedTest
    @MethodSource
    void a_trigger_of_the_reference_is_one(JsonNode trigger) {
        Faults faults = new Faults();

        TRIGGERS.read(trigger, "", faults);

        assertThat(faults.list()).isEmpty();
    }

    static Stream<JsonNode> a_trigger_of_the_reference_is_one() throws IOException {
        return examples("docs/personas.md").flatMap(list -> {
            assertThat(list.isArray()).isTrue();
            return Stream.iterate(0, i -> i < list.size(), i -> i + 1).map(list::get);
        });
    }

    @Test
    void the_persona_of_the_readme_is_one() throws IOException {
        List<List<Fault>> faults = examples("README.md")
                .map(document -> {
                    Faults found = new Faults();
                    PERSONAS.read(document, "", found, Instant.EPOCH);
                    return found.list();
                })
                .toList();

        assertThat(faults).containsExactly(List.of());
    }

    private static Stream<JsonNode> examples(String document) throws IOException {
        return Pattern.compile("(?ms)^```yaml\n(.*?)^```$")
                .matcher(Files.readString(Path.of(document)))
                .results()
                .map(block -> FORMAT.readYaml(block.group(1).getBytes(StandardCharsets.UTF_8)));
    }
}
