package dev.persona.server.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.persona.server.decision.Decision;
import dev.persona.server.parameter.ParameterCatalogue;
import dev.persona.server.persona.PersonaReader;
import dev.persona.server.platform.DocumentFormat;
import dev.persona.server.platform.Fault;
import dev.persona.server.platform.PolicyException;
import dev.persona.server.rule.ShippedRules;
import dev.persona.server.trigger.TriggerReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Recorded traces as timelines. */
class TraceTest {
    private static final DocumentFormat FORMAT = new DocumentFormat(10_000_000, 32);
    private static final ScenarioReader READER = new ScenarioReader(
            new PersonaReader(new ParameterCatalogue(), new TriggerReader(ZoneOffset.UTC)),
            List::of,
            new ShippedRules());
    private static final Instant START = Instant.parse("2026-03-02T08:00:00Z");

    private static final String BUSY =
            """
            personas:
              - persona_id: busy
                persona_groups: [g]
                configuration_parameters: {cpu.weight: 800}
                activation_triggers:
                  - {type: resource_utilization_thresholds, metric: cpu, operator: ">", value: 0.8, for: PT2M}
            instance: {tags: {persona_group: g}}
            """;
    private static final String CSV =
            """
            time,cpu,"memory, used"
            2026-03-02T08:00:00Z,0.9,1
            2026-03-02T08:01:00Z,0.9,
            2026-03-02T08:02:00Z,0.9,1e9
            2026-03-02T08:03:00Z,NaN,-2.5
            2026-03-02T08:04:00Z,0.1,2
            """;

    @Test
    void a_trace_is_the_same_story_in_every_format_and_as_a_timeline() {
        String lines =
                """
                {"time": "2026-03-02T09:00:00+01:00", "metrics": {"cpu": 0.9, "memory, used": 1}}
                {"time": "2026-03-02 08:01:00Z", "metrics": {"cpu": 0.9, "memory, used": null}}

                {"time": 1772438520, "metrics": {"cpu": 0.9}}
                {"time": 1772438520.000, "metrics": {"memory, used": 1000000000}}
                {"time": 1772438580000, "metrics": {"memory, used": -2.5}}
                {"time": "1772438640", "metrics": {"cpu": "0.1", "memory, used": 2}}
                """;
        String prometheus =
                """
                {"status": "success", "warnings": ["one"], "data": {"resultType": "matrix", "result": [
                  {"metric": {"__name__": "cpu", "job": "node"},
                   "values": [[1772438400, "0.9"], [1772438460, "0.9"], [1772438520.0, "0.9"], [1772438580, "NaN"], [1772438640, "0.1"]]},
                  {"metric": {"__name__": "memory, used"},
                   "values": [[1772438400, "1"], [1772438520, "1e+09"], [1772438580, "-2.5"], [1772438640, "2"]]}]}}""";
        String timeline = BUSY
                + """
                start: 2026-03-02T08:00:00Z
                timeline:
                  - {at: PT0S, every: PT1M, metrics: {cpu: "0.9x3 - 0.1", "memory, used": "1 - 1e9 -2.5 2"}}
                """;

        SimulationAnswer csv = run(traced("csv", CSV));

        assertThat(csv.decisions())
                .extracting(Decision::at)
                .containsExactly(START, START.plusSeconds(120), START.plusSeconds(240));
        assertThat(run(traced("ndjson", lines))).isEqualTo(csv);
        assertThat(run(document(BUSY).set("trace", prometheus(prometheus)))).isEqualTo(csv);
        ObjectNode told = document(timeline);
        told.withObject("/instance").put("stale_after", "PT3M");
        assertThat(run(told).decisions()).isEqualTo(csv.decisions());
        assertThat(run(told).summary()).isEqualTo(csv.summary());
    }

    @Test
    void the_answer_says_what_the_trace_was_taken_for() {
        ObjectNode document = traced("csv", CSV.replace("cpu", "CPU"));

        Trace trace = run(document).trace().orElseThrow();

        assertThat(trace.from()).isEqualTo(START);
        assertThat(trace.to()).isEqualTo(START.plusSeconds(240));
        assertThat(trace.instants()).isEqualTo(5);
        assertThat(trace.interval()).isEqualTo(Duration.ofMinutes(1));
        assertThat(trace.staleAfter()).isEqualTo(Duration.ofMinutes(3));
        assertThat(trace.metrics()).containsExactly("CPU", "memory, used");
        assertThat(trace.missingMetrics()).containsExactly("cpu");
    }

    @Test
    void values_hold_as_long_as_the_instance_says_and_never_shorter_than_those_of_a_live_one() {
        ObjectNode said = traced("csv", CSV);
        said.withObject("/instance").put("stale_after", "PT59S");

        assertThat(run(said).trace().orElseThrow().staleAfter()).isEqualTo(Duration.ofSeconds(59));
        assertThat(run(said).summary().get("busy").activations()).isZero();
        assertThat(run(traced("csv", "time,cpu\n1,1\n2,1\n"))
                        .trace()
                        .orElseThrow()
                        .staleAfter())
                .isEqualTo(Duration.ofSeconds(30));
        assertThat(run(traced("csv", "time,cpu\n1,1\n")).trace().orElseThrow().staleAfter())
                .isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void a_timeline_may_go_with_a_trace_and_the_story_may_be_longer_than_it() {
        ObjectNode document = traced("csv", CSV);
        document.put("start", "2026-03-02T07:00:00Z").put("until", "PT2H");
        document.putArray("timeline")
                .addObject()
                .put("at", "PT30M")
                .put("pin", "busy")
                .put("for", "PT1M");

        SimulationAnswer answer = run(document);

        assertThat(answer.decisions()).hasSize(5);
        assertThat(answer.summary().get("busy").activeFor()).isEqualTo(Duration.ofMinutes(1 + 2));
    }

    @Test
    void json_lines_may_hold_whatever_a_timeline_may() {
        String lines =
                """
                {"time": 0, "users": ["alice"], "metrics": {"cpu": 1}}
                {"time": 10, "event": {"type": "com.example.alert", "data": {"severity": "critical"}}}
                {"time": 20, "pin": "busy", "for": "PT10S", "by": "bob"}
                {"time": 40, "rollback": true}
                """;

        List<Decision> decisions = run(traced("ndjson", lines)).decisions();

        assertThat(decisions)
                .extracting(Decision::at)
                .extracting(Instant::getEpochSecond)
                .containsExactly(0L, 20L, 30L, 40L);
        assertThat(decisions.get(3).hold()).isPresent();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{__name__} | node_load1",
                "system.cpu.load_average.1m | system.cpu.load_average.1m",
                "load.{instance}.{job} | load.db-1:9100.node"
            })
    void a_series_is_called_by_its_name_or_as_said(String metric, String called) {
        String answer =
                """
                {"status": "success", "data": {"resultType": "matrix", "result": [
                  {"metric": {"__name__": "node_load1", "instance": "db-1:9100", "job": "node"}, "values": [[1, "1"]]}]}}""";

        ObjectNode document = document(BUSY).set("trace", prometheus(answer).put("metric", metric));

        assertThat(run(document).trace().orElseThrow().metrics()).containsExactly(called);
    }

    @Test
    void all_faults_of_a_csv_are_found_with_line_and_column() {
        String csv =
                """
                time,cpu,,cpu
                yesterday,0.9,1,2
                "1772438400",0x1F,Infinity,-

                1772438400,1
                1772438400,1,2,3,4
                -1,,,
                99999999999999,1,2,3
                3000000,1,2,3
                """;

        assertThat(faults(traced("csv", csv)))
                .containsExactly(
                        "/trace/data line 1, column 3: the name of a metric must have 1 to 255 characters",
                        "/trace/data line 1, column 4: there are two columns `cpu`",
                        "/trace/data line 2, column 1: must be an RFC 3339 time such as `2026-03-02T08:00:00Z`, or seconds or"
                                + " milliseconds since 1970, but is `yesterday`",
                        "/trace/data line 3, column 2: must be a finite number, but is `0x1F`",
                        "/trace/data line 3, column 3: must be a finite number, but is `Infinity`",
                        "/trace/data line 3, column 4: must be a finite number, but is `-`",
                        "/trace/data line 5: has fewer cells than the first line has columns, 4",
                        "/trace/data line 6: has more cells than the first line has columns, 4",
                        "/trace/data line 7, column 1: must be an RFC 3339 time such as `2026-03-02T08:00:00Z`, or seconds or"
                                + " milliseconds since 1970, but is `-1`",
                        "/trace/data line 8: makes the trace longer than PT87840H: it is from `2026-03-02T08:00:00Z` to"
                                + " `5138-11-16T09:46:39.999Z`");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "0.9,1 | line 1, column 1: the first line must name the columns, `time` first and then the metrics, but begins with `0.9`",
                "time;cpu | line 1, column 1: the first line must name the columns, `time` first and then the metrics, but begins with `time;cpu`",
                "time | line 1: names no metric besides `time`; put commas between the columns",
                "time,cpu | the trace has no samples",
                "time,cpu\\n | the trace has no samples",
                "`` | the trace has no samples",
                "time,cpu\\n1,\"2 | line 2: the CSV can't be read",
                "time,cpu\\n1,1\\n999999999,1 | line 3: makes the trace longer than PT87840H: it is from `1970-01-01T00:00:01Z` to `2001-09-09T01:46:39Z`",
            })
    void a_csv_that_is_none_is_refused(String csv, String fault) {
        assertThat(faults(traced("csv", csv.replace("\\n", "\n"))))
                .singleElement()
                .asString()
                .startsWith("/trace/data " + fault);
    }

    @Test
    void all_faults_of_json_lines_are_found_with_line_and_pointer() {
        String lines =
                """
                {"time": "2026-03-02", "metrics": {"cpu": "0.9x12", "~/": true}, "at": "PT1S"}
                {"metrics": {}, "every": "PT0S"}
                {"time": [], "event": {}, "users": [1]}
                {"time": 1, "time": 2}
                {"time":
                []
                {"time": 1, "metrics": {"cpu": 1e999}}
                """;

        assertThat(faults(traced("ndjson", lines)))
                .containsExactlyInAnyOrder(
                        "/trace/data line 1, `/time`: must be an RFC 3339 time such as `2026-03-02T08:00:00Z`, or seconds or"
                                + " milliseconds since 1970, but is `2026-03-02`",
                        "/trace/data line 1, `/metrics/cpu`: `cpu` has several values; say `every` how long they follow one another",
                        "/trace/data line 1, `/metrics/~0~1`: `~/` must be a finite number or values such as `0.9x12`",
                        "/trace/data line 1, `/at`: `at` is not a field here; known are `time`, `metrics`, `for`, `by`, `reason`,"
                                + " `event`, `users`, `pin`, `unpin`, `hold`, `rollback`, `resume`, `tags`, `save`, `delete`",
                        "/trace/data line 2, `/time`: `time` is missing",
                        "/trace/data line 2, `/every`: `every` is not a field here; did you mean `event`?",
                        "/trace/data line 3, `/time`: `time` must be a time",
                        "/trace/data line 3, `/event/type`: `type` is missing",
                        "/trace/data line 3, `/users/0`: must be an object, but is `1`",
                        "/trace/data line 4: the JSON can't be read at column 21: Duplicate field 'time'",
                        "/trace/data line 5: the JSON can't be read at column 9: Unexpected end-of-input within/between Object entries",
                        "/trace/data line 6: must be an object, but is an array",
                        "/trace/data line 7, `/metrics/cpu`: must be a finite number");
    }

    @Test
    void all_faults_of_a_range_query_are_found_with_pointers() {
        String answer =
                """
                {"status": "success", "data": {"resultType": "matrix", "result": [
                  {"metric": {"job": "a"}, "values": [[1, "1"]]},
                  {"metric": {"__name__": "m"}, "values": [["1", "1"], [1, 1], [1], [1, "+Inf"], [1e-999999, "1"], [-1, "1"]]},
                  {"metric": {"__name__": "m"}, "values": {}},
                  {}]}}""";

        assertThat(faults(document(BUSY).set("trace", prometheus(answer))))
                .containsExactly(
                        "/trace/data/data/result/0/metric has no `__name__`, as the results of functions have none; say in `metric`"
                                + " what the series is called, such as `system.cpu.utilization`, or with a label `disk.{device}`",
                        "/trace/data/data/result/1/values/0 must be a pair of time and value such as `[1772438400, \"0.5\"]`",
                        "/trace/data/data/result/1/values/1 must be a pair of time and value such as `[1772438400, \"0.5\"]`",
                        "/trace/data/data/result/1/values/2 must be a pair of time and value such as `[1772438400, \"0.5\"]`",
                        "/trace/data/data/result/1/values/3/1 must be a finite number, but is `+Inf`",
                        "/trace/data/data/result/1/values/4/0 must be an RFC 3339 time such as `2026-03-02T08:00:00Z`, or seconds or"
                                + " milliseconds since 1970, but is `1E-999999`",
                        "/trace/data/data/result/1/values/5/0 must be an RFC 3339 time such as `2026-03-02T08:00:00Z`, or seconds or"
                                + " milliseconds since 1970, but is `-1`",
                        "/trace/data/data/result/2/metric is `m`, as series 1 is; tell them apart by a label in `metric`, such as"
                                + " `m.{instance}`",
                        "/trace/data/data/result/2/values must be an array of pairs of time and value",
                        "/trace/data/data/result/3/metric has no `__name__`, as the results of functions have none; say in `metric`"
                                + " what the series is called, such as `system.cpu.utilization`, or with a label `disk.{device}`",
                        "/trace/data/data/result/3/values must be an array of pairs of time and value");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"status\": \"error\", \"error\": \"parse error\"} | /status must be `success`, but is `error`: parse error",
                "{\"status\": \"success\", \"data\": {\"resultType\": \"vector\", \"result\": []}} | /data/resultType must be `matrix`, as `/api/v1/query_range` answers, but is `vector`",
                "{\"status\": \"success\", \"data\": {\"resultType\": \"matrix\", \"result\": []}} | \u0020the trace has no samples",
                "{\"status\": \"success\", \"data\": {\"resultType\": \"matrix\"}} | /data/result must be an array of series",
                "[] | /status must be `success`, but is ``",
                "\"text\" | /status must be `success`, but is ``",
            })
    void an_answer_that_is_no_matrix_is_refused(String answer, String fault) {
        ObjectNode document = document(BUSY);
        ObjectNode trace = document.putObject("trace").put("format", "prometheus");
        trace.set("data", FORMAT.readJson(answer.getBytes(StandardCharsets.UTF_8)));

        assertThat(faults(document))
                .containsExactly("/trace/data" + (fault.startsWith("/") ? "" : " ") + fault.strip());
    }

    @Test
    void what_a_document_says_of_its_trace_is_checked_too() {
        ObjectNode document = document(BUSY);
        document.putObject("trace").put("format", "xml").put("metrics", "m");

        assertThat(faults(document))
                .containsExactly(
                        "/trace/data `data` is missing",
                        "/trace/format `format` must be one of `csv`, `ndjson`, `prometheus`",
                        "/trace/metrics `metrics` is not a field here; did you mean `metric`?");
        ObjectNode other =
                traced("csv", CSV).put("start", "2026-03-02T08:00:01Z").put("until", "PT1M");
        other.withObject("/trace").put("metric", "m");
        assertThat(faults(other))
                .containsExactly(
                        "/trace/metric `metric` goes with the format `prometheus` only",
                        "/start `start` must not be after the first instant of the trace",
                        "/until `until` must not be before the last entry, expectation or instant of the trace");
    }

    @Test
    void a_trace_is_bounded_in_metrics_values_and_instants() {
        String wide =
                "time," + IntStream.rangeClosed(0, 500).mapToObj(i -> "m" + i).collect(Collectors.joining(","));
        String long_ = "time,m\n"
                + IntStream.rangeClosed(0, 200_000).mapToObj(i -> i + ",1").collect(Collectors.joining("\n"));
        String full = "time," + IntStream.range(0, 500).mapToObj(i -> "m" + i).collect(Collectors.joining(","))
                + IntStream.rangeClosed(0, 2_000)
                        .mapToObj(i -> "\n" + i + ",1".repeat(500))
                        .collect(Collectors.joining());
        String many = IntStream.rangeClosed(0, 500)
                .mapToObj(i -> "{\"time\": 1, \"metrics\": {\"m" + i + "\": 1}}\n")
                .collect(Collectors.joining());
        String changing = IntStream.rangeClosed(0, 1_000)
                .mapToObj(i -> "{\"time\": " + i + ", \"tags\": {\"persona_group\": \"g" + i + "\"}}\n")
                .collect(Collectors.joining());

        assertThat(faults(traced("csv", wide)))
                .containsExactly("/trace/data line 1: names more than 500 metrics; leave some out");
        assertThat(faults(traced("csv", long_)))
                .containsExactly("/trace/data line 200002: makes the trace have " + Timeline.BOUNDS);
        assertThat(faults(traced("csv", full)))
                .containsExactly("/trace/data line 2002: makes the trace have " + Timeline.BOUNDS);
        assertThat(faults(traced("ndjson", many)))
                .containsExactly("/trace/data line 501: makes the trace have " + Timeline.BOUNDS);
        assertThat(faults(traced("ndjson", changing)))
                .containsExactly("/trace/data line 1001: makes the trace have " + Timeline.BOUNDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"csv", "ndjson"})
    void a_trace_may_begin_with_a_byte_order_mark_and_have_lines_as_windows_ends_them(String format) {
        String text = format.equals("csv")
                ? "\uFEFFTime,cpu\r\n1,1\r\n2,2\r\n"
                : "\uFEFF{\"time\": 1, \"metrics\": {\"cpu\": 1}}\r\n{\"time\": 2, \"metrics\": {\"cpu\": 1}}\r\n";

        assertThat(run(traced(format, text)).trace().orElseThrow().instants()).isEqualTo(2);
    }

    private static ObjectNode traced(String format, String data) {
        ObjectNode document = document(BUSY);
        document.putObject("trace").put("format", format).put("data", data);
        return document;
    }

    private static ObjectNode prometheus(String answer) {
        ObjectNode trace = JsonNodeFactory.instance.objectNode().put("format", "prometheus");
        trace.set("data", FORMAT.readJson(answer.getBytes(StandardCharsets.UTF_8)));
        return trace;
    }

    private static ObjectNode document(String yaml) {
        return (ObjectNode) FORMAT.readYaml(yaml.getBytes(StandardCharsets.UTF_8));
    }

    private static SimulationAnswer run(JsonNode document) {
        return Simulation.run(READER.read(document), List.of());
    }

    private static List<String> faults(JsonNode document) {
        PolicyException refusal = catchThrowableOfType(PolicyException.class, () -> READER.read(document));
        assertThat(refusal).as("refusal").isNotNull();
        return refusal.faults().stream().map(TraceTest::shown).toList();
    }

    private static String shown(Fault fault) {
        return fault.pointer() + " " + fault.detail();
    }
}
