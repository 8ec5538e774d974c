package dev.persona.server.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.persona.quickstart.Http;
import dev.persona.quickstart.LocalFleet;
import dev.persona.quickstart.Program;
import dev.persona.server.parameter.ParameterCatalogue;
import dev.persona.server.persona.Persona;
import dev.persona.server.persona.PersonaReader;
import dev.persona.server.platform.PolicyException;
import dev.persona.server.rule.RandomPersonas;
import dev.persona.server.rule.RuleDocument;
import dev.persona.server.rule.RuleDocuments;
import dev.persona.server.trigger.TriggerReader;
import dev.persona.server.trigger.TriggerWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * All rules that there are, run by the packaged server over REST: it takes, refuses and decides the same as this code does
 * here, be it on a JVM or a native executable.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class RuleCorpusIT {
    private static final long SEED = 20_260_302;
    private static final int STORIES = 200;
    private static final int SECONDS = 150;
    private static final Instant START = Instant.parse("2026-03-29T00:59:00Z");
    private static final String GROUP = "db";

    /** Writes as the server does, see {@code application.properties}. */
    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModules(new Jdk8Module(), new JavaTimeModule())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS, SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .build();

    private static final ScenarioReader READER = new ScenarioReader(
            new PersonaReader(new ParameterCatalogue(), new TriggerReader(ZoneOffset.UTC)), List::of);
    private static final List<RuleDocument> RULES = RuleDocuments.shipped();

    @TempDir
    static Path directory;

    private static Program server;

    @BeforeAll
    static void start() throws Exception {
        server = LocalFleet.server(Path.of("").toAbsolutePath(), directory);
        server.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    static Stream<Path> stories() throws IOException {
        return ScenarioTest.stories();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("stories")
    void a_scenario_goes_as_told(Path story) throws Exception {
        String text = Files.readString(Path.of("src/test/resources/scenarios").resolve(story));

        JsonNode answer =
                server.http().post("/simulations", text, "application/yaml").expectSuccess();

        assertThat(answer.path("unmet")).isEmpty();
        assertThat(answer.path("decisions")).isNotEmpty();
    }

    @Test
    void generated_personas_are_taken_and_decided_alike() throws Exception {
        int taken = 0;
        int decisions = 0;
        for (int i = 0; i < STORIES; i++) {
            ObjectNode story = story(new SplittableRandom(SEED + i));

            Http.Answer answer = server.http().post("/simulations", story.toString(), "application/json");

            try {
                JsonNode expected = JSON.valueToTree(Simulation.run(READER.read(story), RULES));
                assertThat(answer.status())
                        .as("seed %s: %s", SEED + i, answer.body())
                        .isEqualTo(200);
                assertThat(answer.body().toString()).as("seed %s", SEED + i).isEqualTo(expected.toString());
                taken++;
                decisions += expected.path("decisions").size();
            } catch (PolicyException e) {
                assertThat(answer.status())
                        .as("seed %s: %s", SEED + i, e.faults())
                        .isEqualTo(422);
                assertThat(answer.body().path("errors")).as("seed %s", SEED + i).hasSameSizeAs(e.faults());
            }
        }
        assertThat(taken).isBetween(STORIES / 4, STORIES - 1);
        assertThat(decisions).isGreaterThan(2 * taken);
    }

    @Test
    void a_stored_persona_shows_its_rule_and_activates_by_it() throws Exception {
        server.http()
                .post(
                        "/personas",
                        Files.readString(Path.of("src/main/resources/samples/db-high-performance.yaml")),
                        "application/yaml")
                .expectSuccess();

        JsonNode rules =
                server.http().get("/personas/db-high-performance/rules").expectSuccess();

        assertThat(rules.toString()).contains("db-high-performance");
    }

    private static ObjectNode story(SplittableRandom random) {
        ObjectNode story =
                JSON.createObjectNode().put("start", START.toString()).put("until", "PT4M");
        story.putObject("instance")
                .put("stale_after", "PT40S")
                .putObject("tags")
                .put("persona_group", GROUP);
        RandomPersonas personas = new RandomPersonas(random, START);
        int count = random.nextInt(1, 4);
        ArrayNode written = story.putArray("personas");
        for (int i = 0; i < count; i++) {
            written.add(written(personas.persona("p" + i, 1)));
        }
        ArrayNode timeline = story.putArray("timeline");
        for (int second = 0; second < SECONDS; second += random.nextInt(1, 20)) {
            timeline.add(happening(random, count)
                    .put("at", Duration.ofSeconds(second).toString()));
        }
        return story;
    }

    private static ObjectNode written(Persona persona) {
        ObjectNode json = JSON.createObjectNode()
                .put("persona_id", persona.personaId())
                .put("priority", persona.priority())
                .put("enabled", persona.enabled())
                .put("minimum_active", persona.minimumActive().toString())
                .put("cooldown", persona.cooldown().toString());
        persona.personaGroups().forEach(json.putArray("persona_groups")::add);
        ObjectNode parameters = json.putObject("configuration_parameters");
        persona.configurationParameters()
                .forEach((name, value) ->
                        parameters.set(name, name.equals("memory.high") ? JSON.valueToTree(value + "MiB") : value));
        ArrayNode activation = json.putArray("activation_triggers");
        persona.activationTriggers().forEach(trigger -> activation.add(TriggerWriter.write(trigger)));
        ArrayNode deactivation = json.putArray("deactivation_triggers");
        persona.deactivationTriggers().forEach(trigger -> deactivation.add(TriggerWriter.write(trigger)));
        return json;
    }

    private static ObjectNode happening(SplittableRandom random, int personas) {
        ObjectNode entry = JSON.createObjectNode();
        switch (random.nextInt(6)) {
            case 0 -> entry.put("pin", "p" + random.nextInt(personas)).put("for", "PT" + random.nextInt(1, 60) + "S");
            case 1 -> entry.putArray("users").add(pick(random, RandomPersonas.USERS));
            case 2 -> {
                ObjectNode event = entry.putObject("event").put("type", pick(random, RandomPersonas.EVENTS));
                event.put("source", random.nextBoolean() ? "/a/1" : "/b");
                event.putObject("data").put("score", random.nextInt(10));
            }
            default -> {
                ObjectNode metrics = entry.putObject("metrics");
                RandomPersonas.METRICS.forEach(metric -> metrics.put(metric, random.nextInt(6) / 4.0));
                // What the built-in rule looks at.
                metrics.put("system.memory.utilization", random.nextInt(80, 100) / 100.0);
            }
        }
        return entry;
    }

    private static String pick(SplittableRandom random, List<String> texts) {
        return texts.get(random.nextInt(texts.size()));
    }
}
