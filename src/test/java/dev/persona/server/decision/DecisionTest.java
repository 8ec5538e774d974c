package dev.persona.server.decision;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.persona.server.decision.Decision.Setting;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecisionTest {
    private static final JsonMapper DOUBLES = JsonMapper.builder().build();
    private static final JsonMapper DECIMALS = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS, DeserializationFeature.USE_LONG_FOR_INTS)
            .build();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "100                 | 100.0",
                "100                 | 1e2",
                "-100                | -1.00e2",
                "0                   | -0.0",
                "0.5                 | 0.50",
                "2147483647          | 2147483647.0",
                "2147483648          | 2147483648.0",
                "-2147483648         | -2147483648.0",
                "-2147483649         | -2147483649.0",
                "9007199254740992    | 9007199254740992.0",
                "[1, {\"a\": 2}]     | [1.0, {\"a\": 2e0}]",
                "{\"rbps\": 1000000} | {\"rbps\": 1e6}",
                "\"1\"               | \"1\"",
                "true                | true",
                "null                | null"
            })
    void equal_values_are_equal_settings_however_they_were_written_and_read(String one, String other)
            throws JsonProcessingException {
        JsonNode plain = setting(DOUBLES, one).value();

        assertThat(plain.asText()).isEqualTo(DOUBLES.readTree(one).asText());
        assertThat(setting(DECIMALS, one).value()).isEqualTo(plain);
        assertThat(setting(DOUBLES, other).value()).isEqualTo(plain).hasToString(plain.toString());
        assertThat(setting(DECIMALS, other).value()).isEqualTo(plain).hasToString(plain.toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"100 | 101", "0.5 | 0.51", "1 | \"1\"", "[1, 2] | [2, 1]", "{\"a\": 1} | {\"a\": 2}", "1 | true"})
    void other_values_are_other_settings(String one, String other) throws JsonProcessingException {
        assertThat(setting(DOUBLES, one)).isNotEqualTo(setting(DOUBLES, other));
    }

    private static Setting setting(JsonMapper mapper, String json) throws JsonProcessingException {
        return new Setting(mapper.readTree(json), "p");
    }
}
