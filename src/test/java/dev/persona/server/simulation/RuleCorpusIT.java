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
import dev.persona.server.rule.ShippedRules;
import dev.persona.server.trigger.TriggerReader;
import dev.persona.server.trigger.TriggerWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
    private static final Path TEXTS = Path.of("src/test/resources/rules");
    private static final Pattern REFUSED = Pattern.compile("(?m)^// Refused: line (\\d+), (.+)$");
    private static final Pattern FIRES = Pattern.compile("(?m)^// Fires: (.+)$");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String WEIGHTS =
            """
            import dev.persona.server.rule.*
            global dev.persona.server.rule.Consequences consequences
            rule "%s" dialect "mvel" when $m : Metric(name == "queue") then
                consequences.set("cpu.weight", $m.value * 1000, 10, "as long as the queue");
            end
            """;

    /** Writes as the server does, see {@code application.properties}. */
    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModules(new Jdk8Module(), new JavaTimeModule())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS, SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .build();

    private static final ShippedRules SHIPPED = new ShippedRules();
    private static final ScenarioReader READER = new ScenarioReader(
            new PersonaReader(new ParameterCatalogue(), new TriggerReader(ZoneOffset.UTC)), List::of, SHIPPED);

    @TempDir
    static Path directory;

    private static Program server;

    @BeforeAll
    static void start() throws Exception {
        Files.createDirectory(directory.resolve("rules"));
        server = LocalFleet.server(
                Path.of("").toAbsolutePath(),
                directory,
                Map.of(
                        "persona.rules.directory",
                        directory.resolve("rules").toString(),
                        "persona.rules.poll-interval",
                        "PT0.2S"),
                List.of());
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
    void a_scenario_is_told_line_by_line_as_it_is_answered() throws Exception {
        String text = Files.readString(Path.of("src/test/resources/scenarios/conflict-and-ties.yaml"));
        JsonNode answer =
                server.http().post("/simulations", text, "application/yaml").expectSuccess();

        List<JsonNode> lines = server.http().stream("/simulations", text, "application/yaml");

        assertThat(decisions(lines)).containsExactlyElementsOf(answer.path("decisions"));
        assertThat(lines.get(lines.size() - 1).path("summary")).isEqualTo(answer.path("summary"));
    }

    @ParameterizedTest
    @CsvSource({"sample.csv, text/csv", "sample.ndjson, application/x-ndjson"})
    void a_trace_goes_through_a_stored_persona_line_by_line_too(String file, String type) throws Exception {
        String metric = file.endsWith(".csv") ? "system.cpu.utilization" : "cpu";
        Http http = server.http();
        http.post(
                        "/personas",
                        """
                        {"persona_id": "%s", "persona_groups": ["traced"], "configuration_parameters": {"cpu.weight": 800},
                         "activation_triggers": [{"type": "resource_utilization_thresholds", "metric": "%s",
                                                  "operator": ">", "value": 0.1}]}
                        """
                                .formatted(file, metric),
                        "application/json")
                .expectSuccess();
        String path = "/simulations?persona_ids=" + file + "&persona_group=traced";
        String trace = Files.readString(Path.of("src/test/resources/traces").resolve(file));

        JsonNode answer = http.post(path, trace, type).expectSuccess();

        assertThat(answer.path("summary").path(file).path("activations").asInt())
                .isPositive();
        assertThat(decisions(http.stream(path, trace, type))).containsExactlyElementsOf(answer.path("decisions"));
    }

    private static List<JsonNode> decisions(List<JsonNode> lines) {
        return lines.stream()
                .filter(line -> line.has("decision"))
                .map(line -> line.path("decision"))
                .toList();
    }

    static Stream<CustomRulesPage.Example> examples() {
        return CustomRulesPage.examples();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("examples")
    void an_example_of_the_documentation_goes_as_told(CustomRulesPage.Example example) throws Exception {
        JsonNode answer = server.http()
                .post("/simulations", example.scenario().toString(), "application/json")
                .expectSuccess();

        assertThat(answer.path("unmet")).isEmpty();
    }

    @Test
    void attacks_are_refused_at_their_line_and_the_server_goes_on() throws Exception {
        for (Path file : texts("attacks")) {
            String text = Files.readString(file);
            Matcher refused = REFUSED.matcher(text);
            assertThat(refused.find()).isTrue();

            Http.Answer answer = server.http().post("/rules/validate", text, "text/plain");

            assertThat(answer.status()).as("%s: %s", file, answer.body()).isEqualTo(422);
            if (text.indexOf('\0') < 0) {
                assertThat(answer.body().path("errors"))
                        .as("%s: %s", file, answer.body())
                        .anySatisfy(error -> assertThat(error.path("detail").asText())
                                .startsWith("line " + refused.group(1) + ", column ")
                                .contains(refused.group(2)));
            }
        }
        assertThat(server.isRunning()).isTrue();
        a_scenario_goes_as_told(Path.of("built-in-rule.yaml"));
    }

    @Test
    void good_rules_fire_alike() throws Exception {
        for (Path file : texts("good")) {
            String drl = Files.readString(file);
            Matcher fires = FIRES.matcher(drl);
            assertThat(fires.find()).isTrue();
            ObjectNode story = storyOf(drl, List.of(fires.group(1).split(" ")));

            JsonNode answer = server.http()
                    .post("/simulations", story.toString(), "application/json")
                    .expectSuccess();

            JsonNode expected = JSON.valueToTree(Simulation.run(READER.read(story), List.of()));
            assertThat(answer.toString()).as(file.toString()).isEqualTo(expected.toString());
            assertThat(answer.path("decisions").findValuesAsText("source").contains("rule")
                            || answer.findValuesAsText("persona_id").stream().anyMatch(id -> id.startsWith("rule:")))
                    .as("%s: %s", file, answer)
                    .isTrue();
        }
    }

    @Test
    void stored_rules_decide_are_stopped_for_failing_and_remembered_over_a_restart() throws Exception {
        Http http = server.http();
        http.post("/rules?name=weights", WEIGHTS.formatted("one"), "text/plain").expectSuccess();
        ObjectNode other = JSON.createObjectNode().put("name", "weights").put("drl", WEIGHTS.formatted("two"));
        http.send("PUT", "/rules/weights", other.toString(), "application/json").expectSuccess();
        assertThat(http.get("/rules/weights/versions").expectSuccess()).hasSize(2);
        assertThat(http.get("/rules/weights/versions/1")
                        .expectSuccess()
                        .path("drl")
                        .asText())
                .isEqualTo(WEIGHTS.formatted("one"));
        http.send("POST", "/rules/weights/disable", "", "").expectSuccess();
        assertThat(report("queue", 0.2).path("configuration")).isEmpty();
        http.send("POST", "/rules/weights/enable", "", "").expectSuccess();
        assertThat(report("queue", 0.2)
                        .at("/configuration/cpu.weight/persona_id")
                        .asText())
                .isEqualTo("rule:two");

        for (int i = 0; i < 5; i++) {
            report("queue", 500 + i);
        }
        await("/rules/weights", rules -> rules.path("status").asText().equals("failed"));
        server.close();
        server.start();

        JsonNode weights = http.get("/rules/weights").expectSuccess();
        assertThat(weights.path("status").asText()).isEqualTo("failed");
        assertThat(weights.at("/last_failure/cause").asText()).endsWith("but is `504000`");
        assertThat(http.get("/rules").expectSuccess().findValuesAsText("name")).contains("memory-pressure", "weights");
        assertThat(http.send("DELETE", "/rules/weights", "", "").status()).isEqualTo(204);
    }

    @Test
    void files_of_the_folder_are_taken_over_while_the_server_runs() throws Exception {
        Path file = directory.resolve("rules/night.drl");
        Files.writeString(file, WEIGHTS.formatted("night"));
        await("/rules/night", rules -> rules.path("status").asText().equals("active"));

        Files.writeString(file, "rule");
        JsonNode faulty = await("/rules/night", rules -> !rules.path("errors").isEmpty());
        assertThat(faulty.path("status").asText()).isEqualTo("active");
        assertThat(faulty.at("/errors/0/detail").asText()).startsWith("line 1, column ");

        Files.delete(file);
        await("/rules/night", rules -> rules.path("status").asInt() == 404);
    }

    @Test
    void generated_personas_are_taken_and_decided_alike() throws Exception {
        int taken = 0;
        int decisions = 0;
        for (int i = 0; i < STORIES; i++) {
            ObjectNode story = story(new SplittableRandom(SEED + i));

            Http.Answer answer = server.http().post("/simulations", story.toString(), "application/json");

            try {
                JsonNode expected = JSON.valueToTree(Simulation.run(READER.read(story), SHIPPED.rules()));
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

    private static List<Path> texts(String folder) throws IOException {
        try (Stream<Path> files = Files.list(TEXTS.resolve(folder))) {
            return files.sorted().toList();
        }
    }

    private static JsonNode report(String metric, double value) throws Exception {
        ObjectNode report = JSON.createObjectNode();
        report.putObject("metrics").put(metric, value);
        return server.http()
                .post("/instances/rules-1/reports", report.toString(), "application/json")
                .expectSuccess();
    }

    private static JsonNode await(String path, Predicate<JsonNode> expected) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        JsonNode answer = server.http().get(path).body();
        while (!expected.test(answer)) {
            assertThat(System.nanoTime()).as("still %s", answer).isLessThan(end);
            Thread.sleep(50);
            answer = server.http().get(path).body();
        }
        return answer;
    }

    /** A story in which every good rule finds what it looks for. */
    private static ObjectNode storyOf(String drl, List<String> consequences) {
        ObjectNode story = JSON.createObjectNode().put("start", "2026-03-02T02:00:00Z");
        story.put("until", "PT6H1M");
        story.putObject("instance").putObject("tags").put("persona_group", GROUP);
        story.putArray("rules").addObject().put("name", "good").put("drl", drl);
        ArrayNode personas = story.putArray("personas");
        for (String id : List.of("backup", "db-high-performance")) {
            ObjectNode persona = persona(id, 1);
            personas.add(persona);
            persona.putArray("activation_triggers")
                    .addObject()
                    .put("type", "time_schedule")
                    .put("from", "00:00")
                    .put("to", "00:00")
                    .put("timezone", "UTC");
        }
        consequences.stream()
                .filter(name -> new ParameterCatalogue().find(name).isEmpty())
                .forEach(id -> personas.add(persona(id, 2)));
        ArrayNode timeline = story.putArray("timeline");
        timeline.addObject().put("at", "PT0S").putObject("metrics").put("hw.temperature.board", 60);
        ObjectNode entry = timeline.addObject().put("at", "PT25S");
        Map.of(
                        "system.memory.utilization", 0.95,
                        "system.paging.utilization", 0.7,
                        "system.disk.busy.sda", 0.9,
                        "system.disk.queue.sda", 0.0,
                        "system.disk.io.read", 2.0,
                        "system.disk.io.write", 20.0,
                        "system.cpu.load_average.1m", 3.0,
                        "hw.temperature.cpu", 91.0)
                .forEach(entry.putObject("metrics")::put);
        ObjectNode user = entry.putArray("users").addObject().put("name", "alice");
        user.putArray("groups").add("dev");
        for (String type : List.of("alert", "deployment")) {
            ObjectNode event = timeline.addObject().put("at", "PT25S").putObject("event");
            event.put("type", "com.example." + type)
                    .put("source", "https://siem/alerts")
                    .put("severity", "critical");
            event.putObject("data")
                    .put("persona", "deploying")
                    .put("minutes", 10)
                    .put("score", 9);
        }
        return story;
    }

    private static ObjectNode persona(String id, int priority) {
        ObjectNode persona = JSON.createObjectNode().put("persona_id", id).put("priority", priority);
        persona.putArray("persona_groups").add(GROUP);
        persona.putObject("configuration_parameters").put("cpu.weight", priority);
        return persona;
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
