package dev.persona.server.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.persona.server.platform.Faults;
import java.time.Duration;
import java.time.ZoneId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TriggerTextTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            textBlock =
                    """
                    'metric': 'm', 'operator': '>', 'value': '80%'                                          | `m` > 0.8
                    'metric': 'm', 'operator': '>', 'value': 8, 'for': 'PT2M'                               | `m` > 8 for PT2M
                    'metric': 'm', 'operator': '>', 'value': 8, 'clear_value': 6                            | `m` > 8, until not > 6
                    'metric': 'm', 'operator': '>', 'value': 8, 'clear_for': 'PT1M'                         | `m` > 8, until not > 8 for PT1M
                    'metric': 'm', 'operator': '<', 'value': 2, 'clear_value': 3, 'clear_for': 'PT1M'       | `m` < 2, until not < 3 for PT1M
                    'cron': '0  8 * * mon', 'duration': 'PT1H'                                              | `0 8 * * MON` for PT1H in UTC
                    'from': '22:00', 'to': '06:00', 'timezone': 'Asia/Tokyo'                                | 22:00 to 06:00 in Asia/Tokyo
                    'from': '08:00', 'to': '18:00', 'days': ['FRI', 'MON-TUE']                              | 08:00 to 18:00 MON,TUE,FRI in UTC
                    'start': '2026-03-02T08:00:00Z'                                                         | from 2026-03-02T08:00:00Z
                    'end': '2026-03-02T08:00:00Z'                                                           | until 2026-03-02T08:00:00Z
                    'start': '2026-03-02T08:00:00Z', 'end': '2026-03-03T08:00:00Z'                          | from 2026-03-02T08:00:00Z until 2026-03-03T08:00:00Z
                    'event_type': 'alert'                                                                   | `alert`
                    'event_type': 'alert', 'source': '/siem/*', 'hold': 'PT1M'                              | `alert` from `/siem/*`, held for PT1M
                    'event_type': 'alert', 'where': {'severity': 'high', '/score': {'>': 7}}                | `alert` with `/score` > 7 and `severity` == "high"
                    'event_type': 'alert', 'at_least': 3, 'within': 'PT5M'                                  | `alert`, 3 times within PT5M
                    'users': ['b', 'a*']                                                                    | user `a*` or `b`
                    'groups': ['dba']                                                                       | user of group `dba`
                    'users': ['a'], 'groups': ['dba', 'ops']                                                | user `a` or of group `dba` or `ops`
                    'all': [{'users': ['a']}, {'not': {'any': [{'users': ['b']}, {'groups': ['c']}]}}]      | (user `a` and not (user `b` or user of group `c`))
                    """)
    void a_trigger_is_described_in_one_line(String fields, String text) throws JsonProcessingException {
        Faults faults = new Faults();
        Trigger trigger = new TriggerReader(ZoneId.of("UTC"))
                .read(new ObjectMapper().readTree(typed("{" + fields + "}").replace('\'', '"')), "", faults)
                .orElseThrow(() -> new AssertionError(faults.list()));

        assertThat(TriggerText.describe(trigger)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0,                0",
        "-0.5,             -0.5",
        "1200,             1200",
        "0.000001,         0.000001",
        "0.00000099,       9.9E-7",
        "-0.00000099,      -9.9E-7",
        "999999999999999,  999999999999999",
        "1e15,             1.0E15",
        "-1e15,            -1.0E15"
    })
    void numbers_are_written_out_unless_they_are_very_large_or_small(double value, String text) {
        assertThat(TriggerText.number(value)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0.123456789,    0.8, 0.5, 0.1235",
        "0.80001,        0.8, 0.5, 0.80001",
        "0.50001,        0.8, 0.5, 0.50001",
        "0.8,            0.8, 0.5, 0.8",
        "123456,         0.8, 0.5, 123500",
        "0.8000000000000002, 0.8, 0.5, 0.8000000000000002",
        "0.10000000000000002, 0.1, 0.5, 0.10000000000000002"
    })
    void a_value_seen_has_four_digits_or_as_many_as_tell_it_from_its_limits(
            double value, double limit, double otherLimit, String text) {
        assertThat(TriggerText.seen(value, limit, otherLimit)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "PT0.1234S,     PT0.123S",
        "PT9.9999S,     PT9.999S",
        "PT10.9S,       PT10S",
        "PT10S,         PT10S",
        "PT1H0.5S,      PT1H"
    })
    void what_lasts_ten_seconds_or_more_is_told_in_whole_seconds(Duration duration, Duration told) {
        assertThat(TriggerText.lasting(duration)).isEqualTo(told);
    }

    /** Writes the type of each leaf, which its fields tell. */
    private static String typed(String json) {
        return json.replace("{'metric'", "{'type': '" + TriggerReader.THRESHOLD + "', 'metric'")
                .replaceAll("\\{'(cron|from|start|end)'", "{'type': '" + TriggerReader.SCHEDULE + "', '$1'")
                .replace("{'event_type'", "{'type': '" + TriggerReader.EVENT + "', 'event_type'")
                .replaceAll("\\{'(users|groups)'", "{'type': '" + TriggerReader.USER + "', '$1'");
    }
}
