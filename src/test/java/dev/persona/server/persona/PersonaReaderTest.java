package dev.persona.server.persona;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.persona.server.parameter.ParameterCatalogue;
import dev.persona.server.platform.Fault;
import dev.persona.server.platform.Faults;
import dev.persona.server.trigger.TriggerReader;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PersonaReaderTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant NOW = Instant.parse("2026-03-02T08:00:00Z");
    private static final String PULSE = "{\"type\": \"external_event_subscriptions\", \"event_type\": \"x\"}";

    private final PersonaReader reader = new PersonaReader(new ParameterCatalogue(), new TriggerReader(ZoneOffset.UTC));

    @Test
    void a_whole_persona_is_read() {
        Persona persona =
                read("""
                        {"persona_id": "db-1", "persona_name": "Database", "description": "d", "persona_groups": ["web", "db"],
                         "priority": -5, "enabled": false, "configuration_parameters": {"memory.high": "12GiB", "cpu.weight": 800},
                         "activation_triggers": [{"type": "user_profile_association", "users": ["alice"]}],
                         "deactivation_triggers": [{"type": "time_schedule", "from": "08:00", "to": "09:00"}],
                         "minimum_active": "PT5M", "cooldown": "PT10M"}""")
                        .orElseThrow();

        assertThat(persona.personaId()).isEqualTo("db-1");
        assertThat(persona.personaName()).isEqualTo("Database");
        assertThat(persona.personaGroups()).containsExactly("db", "web");
        assertThat(persona.priority()).isEqualTo(-5);
        assertThat(persona.enabled()).isFalse();
        assertThat(persona.configurationParameters()).containsOnlyKeys("cpu.weight", "memory.high");
        assertThat(persona.configurationParameters().get("memory.high").textValue())
                .isEqualTo("12GiB");
        assertThat(persona.activationTriggers()).hasSize(1);
        assertThat(persona.deactivationTriggers()).hasSize(1);
        assertThat(persona.minimumActive()).isEqualTo(Duration.ofMinutes(5));
        assertThat(persona.cooldown()).isEqualTo(Duration.ofMinutes(10));
        assertThat(persona.revision()).isEqualTo(1);
        assertThat(persona.createdAt()).isEqualTo(NOW);
    }

    @Test
    void all_but_the_id_can_be_left_out() {
        Persona persona = read("{\"persona_id\": \"night\"}").orElseThrow();

        assertThat(persona.personaName()).isEqualTo("night");
        assertThat(persona.description()).isEmpty();
        assertThat(persona.priority()).isZero();
        assertThat(persona.enabled()).isTrue();
        assertThat(persona.minimumActive()).isZero();
    }

    @Test
    void what_the_server_makes_is_passed_over() {
        assertThat(read("{\"persona_id\": \"n\", \"revision\": \"x\", \"created_at\": 1, \"updated_at\": []}"))
                .isPresent();
    }

    @Test
    void all_faults_are_found_at_once_each_with_its_place() {
        List<Fault> faults = faults(
                """
                {"persona_id": "Not An Id", "priorty": 1, "enabled": "yes", "persona_groups": ["db", "a b", "db", 3],
                 "configuration_parameters": {"cpu.gov": "x", "cpu.weight": 0, "a/b": 1},
                 "activation_triggers": [{"type": "nonsense"}, 5], "minimum_active": "-PT5M"}""");

        assertThat(faults)
                .extracting(Fault::pointer)
                .containsExactly(
                        "/persona_id",
                        "/persona_groups/3",
                        "/persona_groups/1",
                        "/persona_groups/2",
                        "/enabled",
                        "/configuration_parameters/cpu.gov",
                        "/configuration_parameters/cpu.weight",
                        "/configuration_parameters/a~1b",
                        "/activation_triggers/0/type",
                        "/activation_triggers/1",
                        "/minimum_active",
                        "/priorty");
        assertThat(faults)
                .contains(
                        new Fault("/priorty", "`priorty` is not a field here; did you mean `priority`?"),
                        new Fault(
                                "/configuration_parameters/cpu.gov",
                                "unknown parameter `cpu.gov`; did you mean `cpu.governor`?"));
    }

    @ParameterizedTest
    @CsvSource({"a", "a.b_c-9", "0", "...", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})
    void an_id_is_up_to_64_of_its_characters(String id) {
        assertThat(read("{\"persona_id\": \"" + id + "\"}")).isPresent();
    }

    @ParameterizedTest
    @CsvSource({"A", "a/b", "''", "ä", ".", "..", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})
    void an_id_of_other_characters_is_refused(String id) {
        assertThat(faults("{\"persona_id\": \"" + id + "\"}"))
                .containsExactly(
                        new Fault("/persona_id", "`persona_id` must be 1-64 of `a-z 0-9 . _ -`, and more than dots"));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '^',
            delimiter = '|',
            textBlock =
                    """
                    %1$s
                    {"not": %1$s}
                    {"all": [{"any": [%1$s]}]}
                    """)
    void an_activation_that_nothing_would_end_is_refused(String form) {
        String trigger = form.formatted(PULSE);

        assertThat(faults("{\"persona_id\": \"n\", \"activation_triggers\": [" + trigger + "]}"))
                .extracting(Fault::pointer)
                .containsExactly("/activation_triggers");
        assertThat(read("{\"persona_id\": \"n\", \"activation_triggers\": [" + trigger
                        + "], \"deactivation_triggers\": [" + PULSE + "]}"))
                .isPresent();
    }

    @Test
    void a_document_that_is_no_object_is_refused() {
        assertThat(faults("[]")).containsExactly(new Fault("", "must be an object, but is an array"));
        assertThat(faults("null")).containsExactly(new Fault("", "must be an object, but is null"));
        assertThat(faults("{}")).containsExactly(new Fault("/persona_id", "`persona_id` is missing"));
    }

    @Test
    void groups_parameters_and_triggers_are_counted() {
        String groups = IntStream.range(0, 65).mapToObj(i -> "\"g" + i + "\"").collect(Collectors.joining(","));
        String parameters = IntStream.range(0, 201)
                .mapToObj(i -> "\"custom.p" + i + "\": 1")
                .collect(Collectors.joining(","));
        String triggers = IntStream.range(0, 65)
                .mapToObj(i -> "{\"type\": \"user_profile_association\", \"users\": [\"u\"]}")
                .collect(Collectors.joining(","));

        assertThat(faults("{\"persona_id\": \"n\", \"persona_groups\": [" + groups
                        + "], \"configuration_parameters\": {" + parameters + "}, \"activation_triggers\": [" + triggers
                        + "]}"))
                .extracting(Fault::detail)
                .containsExactly(
                        "`persona_groups` has 65 elements; at most 64 are allowed",
                        "`configuration_parameters` has 201 parameters; at most 200 are allowed",
                        "`activation_triggers` has 65 elements; at most 64 are allowed");
    }

    private Optional<Persona> read(String text) {
        Faults faults = new Faults();
        Optional<Persona> persona = reader.read(json(text), "", faults, NOW);
        assertThat(faults.list()).isEmpty();
        return persona;
    }

    private List<Fault> faults(String text) {
        Faults faults = new Faults();
        assertThat(reader.read(json(text), "", faults, NOW)).isEmpty();
        return faults.list();
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }
}
