package dev.persona.server.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.persona.server.trigger.Trigger.EventSubscription;
import dev.persona.server.trigger.Trigger.Threshold.Operator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventConditionTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "severity | == | \"critical\" | true",
                "severity | != | \"critical\" | false",
                "severity | == | \"high\"     | false",
                "level    | == | 7            | true",
                "level    | >  | 6.5          | true",
                "level    | == | \"7.0\"      | true",
                "urgent   | == | true         | true",
                "calm     | == | false        | true",
                "calm     | == | true         | false",
                "severity | == | true         | false",
                "severity | == | 7            | false",
                "severity | != | 7            | true",
                "severity | >  | 7            | false",
                "number64 | >  | 7            | true",
                "number65 | >  | 7            | false",
                "absent   | != | \"x\"        | false",
                "/score   | >  | 7            | true",
                "/score   | <= | 7            | false",
                "/score   | == | 8            | true",
                "/score   | == | \"8\"        | false",
                "/score   | != | \"8\"        | true",
                "/none    | == | null         | true",
                "/missing | == | null         | false",
                "/a/1     | == | \"y\"        | true",
                "/word    | >  | 1            | false",
                "/huge    | >  | 1            | false",
                "/huge    | != | 1            | true",
                "/big     | == | 9007199254740993 | true",
                "/big     | == | 9007199254740992 | false"
            })
    void conditions_compare_attributes_and_data(String path, String symbol, String value, boolean expected)
            throws JsonProcessingException {
        Map<String, String> attributes = Map.of(
                "severity",
                "critical",
                "level",
                "7.0",
                "urgent",
                "true",
                "calm",
                "false",
                "number64",
                "1".repeat(64),
                "number65",
                "1".repeat(65));
        JsonNode data = JSON.readTree(
                "{\"score\": 8.0, \"none\": null, \"a\": [\"x\", \"y\"], \"word\": \"z\", \"big\": 9007199254740993,"
                        + " \"huge\": 1e999}");
        Operator operator = Stream.of(Operator.values())
                .filter(known -> known.symbol().equals(symbol))
                .findFirst()
                .orElseThrow();

        EventCondition condition = new EventCondition(path, operator, JSON.readTree(value));

        assertThat(condition.matches(attributes, data)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "alert, /siem/eu, critical, 8, true",
        "other, /siem/eu, critical, 8, false",
        "alert, /mail,    critical, 8, false",
        "alert, ,         critical, 8, false",
        "alert, /siem/eu, low,      8, false",
        "alert, /siem/eu, critical, 7, false"
    })
    void an_event_matches_if_its_type_its_source_and_all_conditions_do(
            String type, String source, String severity, int score, boolean expected) {
        EventSubscription subscription = new EventSubscription(
                "alert",
                Optional.of(new Glob("/siem/*")),
                List.of(
                        new EventCondition("severity", Operator.EQUAL, TextNode.valueOf("critical")),
                        new EventCondition("/score", Operator.GREATER, IntNode.valueOf(7))),
                Optional.empty(),
                Optional.empty());
        Map<String, String> attributes = new HashMap<>(Map.of("type", type, "severity", severity));
        if (source != null) {
            attributes.put("source", source);
        }

        assertThat(subscription.matches(attributes, JSON.createObjectNode().put("score", score)))
                .isEqualTo(expected);
    }
}
