package dev.persona.server.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.sun.management.ThreadMXBean;
import dev.persona.server.decision.Decision;
import dev.persona.server.parameter.ParameterCatalogue;
import dev.persona.server.persona.Persona;
import dev.persona.server.persona.PersonaReader;
import dev.persona.server.platform.Damage;
import dev.persona.server.platform.DocumentFormat;
import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.Faults;
import dev.persona.server.platform.PolicyException;
import dev.persona.server.rule.ShippedRules;
import dev.persona.server.trigger.TriggerReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Scenarios and traces that were damaged at random, or made to hurt, are run or refused with a documented error, soon and in little memory. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class SimulationFuzzTest {
    private static final int ROUNDS = 1_000;
    /** How many instants of a damaged story are run. */
    private static final int INSTANTS = 500;
    /** How many bytes the reading of one document may take, whether or not they are held at the same time. */
    private static final long MOST_ALLOCATED = 4_000_000_000L;

    private static final Set<ErrorCode> DOCUMENTED =
            Set.of(ErrorCode.MALFORMED_DOCUMENT, ErrorCode.INVALID_DOCUMENT, ErrorCode.TOO_LARGE);

    private static final DocumentFormat FORMAT = new DocumentFormat(1_048_576, 32);
    private static final ShippedRules SHIPPED = new ShippedRules();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectMapper YAML = new YAMLMapper();
    private static final PersonaReader PERSONAS =
            new PersonaReader(new ParameterCatalogue(), new TriggerReader(ZoneOffset.UTC));
    private static final ScenarioReader READER = new ScenarioReader(PERSONAS, () -> List.of(stored()), SHIPPED);

    private static Persona stored() {
        String persona =
                """
                {"persona_id": "stored", "persona_groups": ["g"],
                 "activation_triggers": [{"type": "resource_utilization_thresholds", "metric": "cpu", "operator": ">", "value": 0.5}]}""";
        Faults faults = new Faults();
        return PERSONAS.read(FORMAT.readJson(bytes(persona)), "", faults, Instant.EPOCH)
                .orElseThrow();
    }

    /** What becomes of a document. */
    private sealed interface Outcome {
        record Run(Scenario scenario) implements Outcome {}

        record Refused(PolicyException refusal) implements Outcome {}
    }

    private static Outcome outcome(Supplier<Scenario> reading) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        Outcome outcome;
        try {
            outcome = new Outcome.Run(reading.get());
        } catch (PolicyException refusal) {
            assertThat(DOCUMENTED).contains(refusal.code());
            assertThat(refusal.code() == ErrorCode.INVALID_DOCUMENT)
                    .isEqualTo(!refusal.faults().isEmpty());
            outcome = new Outcome.Refused(refusal);
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(MOST_ALLOCATED);
        if (outcome instanceof Outcome.Run run) {
            runSome(run.scenario());
        }
        return outcome;
    }

    private static void runSome(Scenario scenario) {
        class Enough extends RuntimeException {
            private static final long serialVersionUID = 1L;
        }
        int[] instants = {0};
        try {
            Simulation.run(scenario, SHIPPED.rules(), new SimulationAudience() {
                @Override
                public void decided(Decision decision) {
                    assertThat(decision.at()).isBetween(scenario.start(), scenario.until());
                }

                @Override
                public void stillThere() {
                    if (++instants[0] > INSTANTS) {
                        throw new Enough();
                    }
                }
            });
        } catch (Enough e) {
            assertThat(instants[0]).isGreaterThan(INSTANTS);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 20_260_302, 4_711})
    void a_damaged_scenario_is_run_or_refused(long seed) throws IOException {
        List<byte[]> stories = new ArrayList<>();
        for (Path story : ScenarioTest.stories().toList()) {
            stories.add(
                    Files.readAllBytes(Path.of("src/test/resources/scenarios").resolve(story)));
        }
        SplittableRandom random = new SplittableRandom(seed);
        int run = 0;
        for (int round = 0; round < ROUNDS; round++) {
            boolean asYaml = random.nextBoolean();
            JsonNode tree = FORMAT.readYaml(stories.get(random.nextInt(stories.size())));
            for (int i = random.nextInt(3); i > 0; i--) {
                Damage.tree(random, tree);
            }
            byte[] document = damaged(random, (asYaml ? YAML : JSON).writeValueAsBytes(tree), random.nextInt(4));

            Outcome outcome = told(
                    "seed " + seed + ", round " + round + ", " + (asYaml ? "YAML: " : "JSON: "),
                    document,
                    () -> READER.read(asYaml ? FORMAT.readYaml(document) : FORMAT.readJson(document)));

            run += outcome instanceof Outcome.Run ? 1 : 0;
        }
        assertThat(run).isBetween(ROUNDS / 20, ROUNDS * 3 / 4);
    }

    @ParameterizedTest
    @EnumSource
    void a_damaged_trace_is_run_or_refused(TraceFormat format) throws IOException {
        long seed = 20_260_302;
        byte[] sample = Files.readAllBytes(Path.of("src/test/resources/traces", "sample." + format));
        SplittableRandom random = new SplittableRandom(seed);
        int run = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] trace = damaged(random, sample, 1 + random.nextInt(3));

            Outcome outcome = told(
                    "seed " + seed + ", round " + round + ": ",
                    trace,
                    () -> format == TraceFormat.PROMETHEUS
                            ? READER.read(JSON.createObjectNode()
                                    .set(
                                            "trace",
                                            JSON.createObjectNode()
                                                    .put("format", "prometheus")
                                                    .set("data", FORMAT.readJson(trace))))
                            : read(format, trace));

            run += outcome instanceof Outcome.Run ? 1 : 0;
        }
        assertThat(run).isBetween(ROUNDS / 20, ROUNDS * 3 / 4);
    }

    static Stream<String> hostileScenarios() {
        String entry = "{\"at\": \"PT0S\", \"every\": \"PT0.000000001S\", \"times\": 100000, \"metrics\": {";
        return Stream.of(
                scenario("{\"at\": \"PT0S\", \"every\": \"PT0S\", \"users\": []}"),
                scenario("{\"at\": \"PT0S\", \"every\": \"PT1S\", \"metrics\": {\"cpu\": \"0.9x999999999\"}}"),
                scenario("{\"at\": \"PT0S\", \"every\": \"PT1S\", \"metrics\": {\"cpu\": \""
                        + "0.9x99999 ".repeat(90_000) + "\"}}"),
                scenario(entry + numbered(50_000, i -> "\"m" + i + "\":\"1x99999\"") + "}}"),
                scenario(entry + numbered(500, i -> "\"m" + i + "\":\"1x99999\"") + "}}"),
                scenario(numbered(9_000, i -> entry + "\"m\":\"1x99999\"}}")),
                scenario(numbered(9_000, i -> "{\"at\":\"PT" + i + "S\",\"tags\":{\"persona_group\":\"g" + i + "\"}}")),
                scenario("{\"at\": \"PT999999999999999999H\", \"users\": []}"),
                scenario("{\"at\": \"PT1S\", \"every\": \"P36525D\", \"times\": 100000, \"users\": []}"),
                scenario("{\"at\": \"PT1S\", \"event\": " + "{\"data\":".repeat(40) + "1" + "}".repeat(40) + "}"),
                scenario("{\"at\": \"PT1S\", \"metrics\": {\"cpu\": 1e999999999}}"),
                "{\"start\": \"2026-03-02T08:00:00Z\", \"until\": \"P3660D\", \"timeline\": [" + entry
                        + "\"cpu\": 1}}], \"expect\": ["
                        + numbered(9_999, i -> "{\"at\":\"PT" + i + "S\",\"held\":false,\"active\":[],\"stale\":[]}")
                        + "]}");
    }

    @ParameterizedTest
    @MethodSource("hostileScenarios")
    void a_scenario_made_to_hurt_is_run_or_refused(String scenario) {
        byte[] document = bytes(scenario);

        told("", document, () -> READER.read(FORMAT.readJson(document)));
    }

    static Stream<String> hostileTraces() {
        return Stream.of(
                "time,cpu\n" + "1,1\n".repeat(2_500_000),
                "time,cpu\n" + "x\n".repeat(3_000_000),
                "time,cpu\n1," + ",".repeat(9_000_000),
                "time" + ",m".repeat(4_000_000),
                "time,cpu\n1,\"" + "1".repeat(9_000_000),
                "time,cpu\n1," + "1".repeat(9_000_000) + "\n",
                "time,cpu\n" + "1".repeat(9_000_000) + ",1\n",
                "time,cpu\n1,1e" + "9".repeat(99) + "\n",
                "\n".repeat(9_000_000),
                "{\"time\": " + "1".repeat(9_000_000) + "}",
                "{\"time\": 1}\n".repeat(700_000),
                "[".repeat(9_000_000),
                "[\n".repeat(3_000_000));
    }

    @ParameterizedTest
    @MethodSource("hostileTraces")
    void a_trace_made_to_hurt_is_run_or_refused(String text) {
        byte[] trace = bytes(text);

        Outcome asCsv = told("", trace, () -> read(TraceFormat.CSV, trace));
        Outcome asLines = told("", trace, () -> read(TraceFormat.NDJSON, trace));

        assertThat(Stream.of(asCsv, asLines).filter(Outcome.Refused.class::isInstance))
                .isNotEmpty();
    }

    @Test
    void no_answer_holds_more_than_a_hundred_faults() {
        Outcome outcome = outcome(() -> read(TraceFormat.CSV, bytes("time,cpu\n" + "x\n".repeat(1_000))));

        assertThat(((Outcome.Refused) outcome).refusal().faults()).hasSize(100);
    }

    private static Scenario read(TraceFormat format, byte[] trace) {
        return READER.read(format, new ByteArrayInputStream(trace), List.of("stored"), Set.of());
    }

    /** Says what the document was if it comes to anything undocumented. */
    private static Outcome told(String story, byte[] document, Supplier<Scenario> reading) {
        try {
            return outcome(reading);
        } catch (AssertionError | RuntimeException | StackOverflowError e) {
            String shown = new String(document, StandardCharsets.UTF_8);
            throw new AssertionError(story + shown.substring(0, Math.min(5_000, shown.length())), e);
        }
    }

    private static byte[] damaged(SplittableRandom random, byte[] document, int times) {
        byte[] damaged = document;
        for (int i = 0; i < times; i++) {
            damaged = random.nextInt(8) == 0
                    ? Arrays.copyOf(damaged, random.nextInt(damaged.length + 1))
                    : Damage.bytes(random, damaged);
        }
        return damaged;
    }

    private static String scenario(String entries) {
        return "{\"start\": \"2026-03-02T08:00:00Z\", \"timeline\": [" + entries + "]}";
    }

    private static String numbered(int count, IntFunction<String> text) {
        return IntStream.range(0, count).mapToObj(text).collect(Collectors.joining(","));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
