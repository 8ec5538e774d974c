package dev.persona.server.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.persona.server.platform.Fault;
import dev.persona.server.platform.Faults;
import dev.persona.server.trigger.Trigger.All;
import dev.persona.server.trigger.Trigger.Any;
import dev.persona.server.trigger.Trigger.EventSubscription;
import dev.persona.server.trigger.Trigger.Not;
import dev.persona.server.trigger.Trigger.Schedule;
import dev.persona.server.trigger.Trigger.Threshold;
import dev.persona.server.trigger.Trigger.Threshold.Operator;
import dev.persona.server.trigger.Trigger.UserProfile;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TriggerReaderTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    @Test
    void a_threshold_is_read_with_its_band() {
        Trigger trigger = read(
                """
                {"type": "resource_utilization_thresholds", "metric": "system.cpu.utilization", "operator": ">",
                 "value": "80%", "for": "PT2M", "clear_value": 0.6, "clear_for": "PT1M"}
                """);

        assertThat(trigger)
                .isEqualTo(new Threshold(
                        "system.cpu.utilization",
                        Operator.GREATER,
                        0.8,
                        Duration.ofMinutes(2),
                        0.6,
                        Duration.ofMinutes(1)));
    }

    @Test
    void a_threshold_without_clear_value_clears_at_its_value_at_once() {
        Trigger trigger = read(
                """
                {"type": "resource_utilization_thresholds", "metric": "m", "operator": "==", "value": -0.0}
                """);

        assertThat(trigger).isEqualTo(new Threshold("m", Operator.EQUAL, 0.0, Duration.ZERO, 0.0, Duration.ZERO));
    }

    @Test
    void the_three_forms_of_a_schedule_are_read() {
        Trigger cron = read("{'type': 'time_schedule', 'cron': '0  8 * * mon-fri', 'duration': 'PT10H'}");
        Trigger daily = read(
                "{'type': 'time_schedule', 'from': '22:00', 'to': '24:00', 'days': ['FRI', 'SAT-SUN'], 'timezone': 'UTC'}");
        Trigger once = read("{'type': 'time_schedule', 'start': '2026-03-02T08:00:00+01:00'}");

        assertThat(cron)
                .isEqualTo(
                        new Schedule(new Windows.Cron(Crontab.parse("0 8 * * MON-FRI"), Duration.ofHours(10), BERLIN)));
        assertThat(daily)
                .isEqualTo(new Schedule(new Windows.Daily(
                        LocalTime.of(22, 0),
                        LocalTime.MIDNIGHT,
                        Set.of(DayOfWeek.FRIDAY, DayOfWeek.SATURDAY, DayOfWeek.SUNDAY),
                        ZoneId.of("UTC"))));
        assertThat(TriggerWriter.write(once).toString())
                .isEqualTo("{\"type\":\"time_schedule\",\"start\":\"2026-03-02T07:00:00Z\"}");
    }

    @Test
    void an_event_subscription_is_read_with_sorted_conditions_and_plain_numbers() {
        EventSubscription one = (EventSubscription)
                read(
                        """
                {"type": "external_event_subscriptions", "event_type": "com.example.alert", "source": "/siem/*",
                 "where": {"severity": "critical", "/score": {"<": 10, ">": 7.00}}, "hold": "PT5M",
                 "at_least": 3, "within": "PT1M"}
                """);
        Trigger same = read(
                """
                {"type": "external_event_subscriptions", "event_type": "com.example.alert", "source": "/siem/*",
                 "where": {"/score": {">": 7, "<": 1e1}, "severity": {"==": "critical"}}, "hold": "PT300S",
                 "at_least": 3, "within": "PT60S"}
                """);

        assertThat(one.where()).extracting(EventCondition::path).containsExactly("/score", "/score", "severity");
        assertThat(one.burst()).contains(new EventSubscription.Burst(3, Duration.ofMinutes(1)));
        assertThat(one).isEqualTo(same).hasSameHashCodeAs(same);
    }

    @Test
    void composites_are_read_in_short_and_in_long() {
        Trigger inShort =
                read("{'all': [{'any': [{'type': 'user_profile_association', 'users': ['a*']}]}, {'not': {'type':"
                        + " 'user_profile_association', 'groups': ['g']}}]}");
        Trigger inLong =
                read("{'type': 'all', 'triggers': [{'type': 'any', 'triggers': [{'type': 'user_profile_association',"
                        + " 'users': ['a*']}]}, {'type': 'not', 'trigger': {'type': 'user_profile_association',"
                        + " 'groups': ['g']}}]}");

        assertThat(inShort)
                .isEqualTo(new All(List.of(
                        new Any(List.of(new UserProfile(Set.of(new Glob("a*")), Set.of()))),
                        new Not(new UserProfile(Set.of(), Set.of(new Glob("g")))))))
                .isEqualTo(inLong);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type': 'resource_utilization_thresholds', 'metric': 'm', 'operator': '<=', 'value': 0.3, 'for':"
                        + " 'PT5M', 'clear_value': 0.5}",
                "{'type': 'time_schedule', 'cron': '*/5 0-6/2 1,15 JAN-MAR *', 'duration': 'PT1M', 'timezone': 'UTC'}",
                "{'type': 'time_schedule', 'from': '22:00:30', 'to': '06:00', 'days': 'FRI-SUN'}",
                "{'type': 'time_schedule', 'start': '2026-03-02T08:00:00Z', 'end': '2026-03-03T08:00:00Z'}",
                "{'type': 'external_event_subscriptions', 'event_type': 't', 'where': {'/a~1b': {'!=': null}, '/c': true,"
                        + " 'x': {'>=': 3}}, 'hold': 'PT1M', 'at_least': 2, 'within': 'PT1H'}",
                "{'not': {'any': [{'type': 'user_profile_association', 'users': ['b', 'a'], 'groups': ['x?']}]}}",
                "{'all': [{'type': 'user_profile_association', 'users': ['a']}, {'type': 'user_profile_association',"
                        + " 'users': ['b']}]}"
            })
    void what_is_written_reads_as_the_same_trigger(String json) {
        Trigger trigger = read(json);

        Faults faults = new Faults();
        Optional<Trigger> again =
                new TriggerReader(ZoneId.of("Asia/Tokyo")).read(TriggerWriter.write(trigger), "", faults);

        assertThat(faults.list()).isEmpty();
        assertThat(again).contains(trigger);
    }

    @Test
    void all_faults_are_found_at_once_each_with_its_pointer() {
        List<Fault> faults = faults(
                """
                {"all": [
                  {"type": "resource_utilization_thresholds", "metric": "a b", "operator": "=>", "value": "80", "fro": 1},
                  {"not": {"type": "time_schedule", "cron": "0 8 * *", "duration": "PT0S", "timezone": "Mars/Olympus"}},
                  {"type": "external_event_subscriptions", "where": {"Data": 1, "/x": {"~": 2}, "/y": {">": "7"}},
                   "at_least": 0},
                  {"type": "user_profile_association"},
                  {"type": "sun"},
                  []
                ]}
                """);

        assertThat(faults)
                .extracting(Fault::pointer)
                .containsExactlyInAnyOrder(
                        "/all/0/metric",
                        "/all/0/operator",
                        "/all/0/value",
                        "/all/0/fro",
                        "/all/1/not/cron",
                        "/all/1/not/duration",
                        "/all/1/not/timezone",
                        "/all/2/event_type",
                        "/all/2/where/Data",
                        "/all/2/where/~1x/~0",
                        "/all/2/where/~1y/>",
                        "/all/2/at_least",
                        "/all/2/at_least",
                        "/all/3",
                        "/all/4/type",
                        "/all/5");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "{}                                                                                        | type",
                "{'type': 'all'}                                                                           | triggers",
                "{'type': 'any'}                                                                           | triggers",
                "{'type': 'not'}                                                                           | trigger",
                "{'type': 'resource_utilization_thresholds', 'operator': '>', 'value': 1}                  | metric",
                "{'type': 'resource_utilization_thresholds', 'metric': 'm', 'value': 1}                    | operator",
                "{'type': 'resource_utilization_thresholds', 'metric': 'm', 'operator': '>'}               | value",
                "{'type': 'time_schedule', 'duration': 'PT1H'}                                             | cron",
                "{'type': 'time_schedule', 'cron': '0 8 * * *'}                                            | duration",
                "{'type': 'time_schedule', 'to': '08:00'}                                                  | from",
                "{'type': 'time_schedule', 'from': '08:00'}                                                | to",
                "{'type': 'external_event_subscriptions', 'hold': 'PT1M'}                                  | event_type"
            })
    void what_is_missing_is_named(String json, String field) {
        assertThat(faults(json)).containsExactly(new Fault("/" + field, "`" + field + "` is missing"));
    }

    @ParameterizedTest
    @CsvSource({">, 0.8", ">=, 0.8", "<, 0.8", "<=, 0.8"})
    void a_clear_value_may_be_the_value(String operator, double value) {
        Trigger trigger = read("{'type': 'resource_utilization_thresholds', 'metric': 'm', 'operator': '" + operator
                + "', 'value': " + value + ", 'clear_value': " + value + "}");

        assertThat(((Threshold) trigger).clearValue()).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                ">  | 0.8 | 0.9",
                ">= | 0.8 | 0.9",
                "<  | 0.2 | 0.1",
                "<= | 0.2 | 0.1",
                "== | 1   | 1",
                "!= | 1   | 1"
            })
    void a_clear_value_that_makes_no_band_is_refused(String operator, String value, String clearValue) {
        List<Fault> faults = faults("{'type': 'resource_utilization_thresholds', 'metric': 'm', 'operator': '"
                + operator.strip() + "', 'value': " + value + ", 'clear_value': " + clearValue + "}");

        assertThat(faults).extracting(Fault::pointer).containsExactly("/clear_value");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e999", "-1e999", "'NaN'", "'Infinity'", "'80'", "'%'", "true", "null"})
    void a_value_that_is_no_finite_number_is_refused(String value) {
        List<Fault> faults = faults(
                "{'type': 'resource_utilization_thresholds', 'metric': 'm', 'operator': '>', 'value': " + value + "}");

        assertThat(faults).extracting(Fault::pointer).containsExactly("/value");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type': 'time_schedule'}",
                "{'type': 'time_schedule', 'cron': '0 8 * * *', 'duration': 'PT1H', 'from': '08:00', 'to': '09:00'}",
                "{'all': []}",
                "{'any': []}",
                "{'type': 'user_profile_association', 'users': []}",
                "{'type': 'time_schedule', 'from': '08:00', 'to': '09:00', 'days': []}",
                "{'type': 'time_schedule', 'start': '2026-03-03T08:00:00Z', 'end': '2026-03-03T08:00:00Z'}",
                "{'type': 'time_schedule', 'from': '8', 'to': '09:00'}",
                "{'type': 'external_event_subscriptions', 'event_type': 't', 'within': 'PT1H'}",
                "{'type': 'external_event_subscriptions', 'event_type': 't', 'where': {'/x~2': 1}}",
                "{'type': 'external_event_subscriptions', 'event_type': 't', 'where': {'/x': {}}}",
                "{'type': 'external_event_subscriptions', 'event_type': 't', 'where': {'/x': [1]}}",
                "{'type': 'external_event_subscriptions', 'event_type': 't', 'where': {'/x': 1e999}}",
                "{'type': 'external_event_subscriptions', 'event_type': 't', 'where': {'/x': {'>': 1e999}}}",
                "{'type': 'external_event_subscriptions', 'event_type': ''}",
                "'text'",
                "null"
            })
    void what_says_nothing_or_two_things_is_refused(String json) {
        assertThat(faults(json)).hasSize(1);
    }

    @Test
    void nesting_and_size_are_bounded() {
        String leaf = "{'type': 'user_profile_association', 'users': ['a']}";

        assertThat(faults("{'not': ".repeat(7) + leaf + "}".repeat(7))).isEmpty();
        assertThat(faults("{'not': ".repeat(8) + leaf + "}".repeat(8))).hasSize(1);
        assertThat(faults("{'any': [{'all': [".repeat(4) + leaf + "]}]}".repeat(4)))
                .hasSize(1);
        assertThat(read("{'all': [" + (leaf + ",").repeat(254) + leaf + "]}").leaves())
                .hasSize(255);
        assertThat(faults("{'all': [" + (leaf + ",").repeat(255) + leaf + "]}")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'event_type': '%s'",
                "'event_type': 't', 'source': '%s'",
                "'event_type': 't', 'where': {'%s': 1}",
                "'event_type': 't', 'where': {'x': '%s'}",
                "'event_type': 't', 'where': {'x': {'!=': '%s'}}"
            })
    void what_an_event_is_compared_with_has_255_characters_at_most(String fields) {
        String json = "{'type': 'external_event_subscriptions', " + fields + "}";

        assertThat(faults(json.formatted("x".repeat(255)))).isEmpty();
        assertThat(faults(json.formatted("x".repeat(256)))).hasSize(1);
    }

    @Test
    void names_and_conditions_are_bounded() {
        String users = "{'type': 'user_profile_association', 'users': [%s]}";
        String event = "{'type': 'external_event_subscriptions', 'event_type': 't', 'where': {%s}}";

        assertThat(faults(users.formatted("'" + "x".repeat(255) + "'"))).isEmpty();
        assertThat(faults(users.formatted("'" + "x".repeat(256) + "'"))).hasSize(1);
        assertThat(faults(users.formatted("''"))).hasSize(1);
        assertThat(faults(users.formatted(numbered("'x%d'", 100)))).isEmpty();
        assertThat(faults(users.formatted(numbered("'x%d'", 101)))).hasSize(1);
        assertThat(faults(event.formatted(numbered("'x%d': 1", 32)))).isEmpty();
        assertThat(faults(event.formatted(numbered("'x%d': 1", 33)))).hasSize(1);
    }

    @Test
    void what_is_no_time_or_zone_is_shown_up_to_80_characters() {
        String zone = "{'type': 'time_schedule', 'from': '08:00', 'to': '09:00', 'timezone': '%s'}";

        assertThat(faults(zone.formatted("x".repeat(80))))
                .singleElement()
                .extracting(Fault::detail)
                .asString()
                .endsWith("but is `" + "x".repeat(80) + "`");
        assertThat(faults(zone.formatted("x".repeat(81))))
                .singleElement()
                .extracting(Fault::detail)
                .asString()
                .endsWith("but is `" + "x".repeat(80) + "…`");
    }

    private static String numbered(String element, int count) {
        return IntStream.range(0, count).mapToObj(element::formatted).collect(Collectors.joining(", "));
    }

    private static Trigger read(String json) {
        Faults faults = new Faults();
        Optional<Trigger> trigger = new TriggerReader(BERLIN).read(parse(json), "", faults);
        assertThat(faults.list()).isEmpty();
        return trigger.orElseThrow();
    }

    private static List<Fault> faults(String json) {
        Faults faults = new Faults();
        Optional<Trigger> trigger = new TriggerReader(BERLIN).read(parse(json), "", faults);
        assertThat(trigger.isEmpty()).isEqualTo(!faults.isEmpty());
        return faults.list();
    }

    private static JsonNode parse(String json) {
        try {
            return JSON.readTree(json.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(json, e);
        }
    }
}
