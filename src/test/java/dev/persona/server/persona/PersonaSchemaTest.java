package dev.persona.server.persona;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import dev.persona.server.parameter.ParameterCatalogue;
import dev.persona.server.platform.Faults;
import dev.persona.server.trigger.TriggerReader;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The published JSON Schema says what the reader does, as far as schemas can. */
class PersonaSchemaTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonSchema SCHEMA = JsonSchemaFactory.getInstance(VersionFlag.V202012)
            .getSchema(PersonaSchemaTest.class.getResourceAsStream(PersonaSchemaResource.SCHEMA));

    private final PersonaReader reader = new PersonaReader(new ParameterCatalogue(), new TriggerReader(ZoneOffset.UTC));

    static Stream<JsonNode> samples() {
        return SamplePersonas.NAMES.stream().map(SamplePersonas::read);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void every_sample_fits_the_schema_and_the_reader(JsonNode sample) {
        assertThat(SCHEMA.validate(sample)).isEmpty();
        assertThat(faults(sample)).isEmpty();
    }

    @Test
    void the_samples_conflict_on_a_parameter() {
        assertThat(samples())
                .allMatch(sample -> sample.path("configuration_parameters").has("cpu.weight"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "persona_id: n\nminimum_active: PT5M\nactivation_triggers:\n"
                        + "- {type: external_event_subscriptions, event_type: x, at_least: 3, within: PT1M, hold: PT1H}\n"
                        + "- {type: all, triggers: [{not: {type: user_profile_association, users: [a*]}}]}\n"
                        + "- {type: not, trigger: {any: [{type: time_schedule, end: '2026-01-01T00:00:00Z'}]}}",
                "persona_id: n\nrevision: 3\ncreated_at: x\nupdated_at: y"
            })
    void what_the_reader_takes_fits_the_schema(String text) throws IOException {
        JsonNode document = new YAMLMapper().readTree(text);

        assertThat(faults(document)).isEmpty();
        assertThat(SCHEMA.validate(document)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"persona_id\": \"..\"}",
                "{\"persona_id\": \"n\", \"priorty\": 1}",
                "{\"persona_id\": \"n\", \"priority\": 2147483648}",
                "{\"persona_id\": \"n\", \"persona_groups\": [\"a\", \"a\"]}",
                "{\"persona_id\": \"n\", \"activation_triggers\": [{\"type\": \"time_schedule\"}]}",
                "{\"persona_id\": \"n\", \"activation_triggers\": [{\"all\": []}]}",
                "{\"persona_id\": \"n\", \"activation_triggers\": [{\"type\": \"user_profile_association\"}]}"
            })
    void what_the_schema_refuses_is_refused_by_the_reader(String text) throws IOException {
        JsonNode document = JSON.readTree(text);

        assertThat(SCHEMA.validate(document)).isNotEmpty();
        assertThat(faults(document)).isNotEmpty();
    }

    private List<?> faults(JsonNode document) {
        Faults faults = new Faults();
        reader.read(document, "", faults, Instant.EPOCH);
        return faults.list();
    }
}
