package dev.persona.server.platform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Damages documents at random, as trees and as bytes. */
public final class Damage {
    private static final List<String> NASTY = List.of(
            "null",
            "NaN",
            "1e999",
            "-0.0",
            "1e-999999999",
            "99999999999999999999",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            "\"",
            "'",
            "&a ",
            "*a",
            "!!str ",
            "<<: ",
            "---\n",
            "\t",
            "\n",
            "..",
            "/",
            "~1",
            "%",
            "🦀",
            "\\",
            "|",
            ">",
            "- ",
            "? ",
            "#",
            "\uFEFF",
            "\u2028",
            "true",
            "\"PT-1S\"",
            "\"P1000000000Y\"",
            "\"2026-02-30T25:00:00Z\"");

    /** Well-formed values at or beyond the bounds of what they stand for. */
    private static final List<String> EXTREME = List.of(
            "-999999999-01-01T00:00:00+18:00",
            "+999999999-12-31T23:59:59.999999999-18:00",
            "0000-01-01T00:00:00Z",
            "P36525D",
            "P36525DT1S",
            "PT0S",
            "PT0.000000001S",
            "-PT1S",
            "00:00",
            "24:00",
            "23:59:59.999999999",
            "0 0 29 2 */7",
            "0 0 30 2 *",
            "* * * * *",
            "*/59 */23 31 */11 *",
            "Pacific/Apia",
            "+18:00",
            "SystemV/AST4",
            "1e308",
            "-1e308%",
            "100%",
            "9007199254740993",
            "-2147483648",
            "2147483648",
            "16EiB",
            "**********a",
            "==");

    /** Triggers that are taken, at the bounds of time and number. */
    private static final List<String> EXTREME_TRIGGERS = List.of(
            """
            {"type": "time_schedule", "start": "-999999999-01-01T00:00:00+18:00"}""",
            """
            {"type": "time_schedule", "end": "+999999999-12-31T23:59:59.999999999-18:00"}""",
            """
            {"type": "time_schedule", "cron": "0 0 29 2 */7", "duration": "P36525D", "timezone": "Pacific/Apia"}""",
            """
            {"type": "time_schedule", "cron": "59 23 31 */11 *", "duration": "PT0.000000001S", "timezone": "-18:00"}""",
            """
            {"type": "time_schedule", "from": "23:59:59.999999999", "to": "24:00", "timezone": "+18:00"}""",
            """
            {"type": "resource_utilization_thresholds", "metric": "system.cpu.utilization", "operator": "<",
             "value": 1.7976931348623157e308, "clear_for": "P36525D"}""",
            """
            {"type": "resource_utilization_thresholds", "metric": "system.cpu.utilization", "operator": "!=",
             "value": 5e-324, "for": "P36525D"}""",
            """
            {"type": "external_event_subscriptions", "event_type": "a", "source": "****************a",
             "where": {"/~0~1": {"!=": 1e308}}, "hold": "P36525D", "at_least": 1000, "within": "P36525D"}""",
            """
            {"not": {"not": {"not": {"not": {"all": [{"type": "user_profile_association", "users": ["*?*?*?*"]}]}}}}}""");

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Damage() {}

    /** Damages one place. */
    public static void tree(SplittableRandom random, JsonNode tree) throws IOException {
        List<JsonNode> containers = new ArrayList<>();
        collect(tree, containers);
        JsonNode victim = containers.get(random.nextInt(containers.size()));
        if (victim instanceof ObjectNode object && !object.isEmpty()) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            String name = names.get(random.nextInt(names.size()));
            switch (random.nextInt(6)) {
                case 0 -> object.remove(name);
                case 1 -> object.set(name, strange(random));
                case 2, 3 -> object.put(name, EXTREME.get(random.nextInt(EXTREME.size())));
                case 4 -> object.set(name + "x", object.remove(name));
                default -> object.set(name, JSON.arrayNode().add(object.get(name)));
            }
        } else if (victim instanceof ArrayNode array) {
            array.add(
                    random.nextBoolean()
                            ? strange(random)
                            : MAPPER.readTree(EXTREME_TRIGGERS.get(random.nextInt(EXTREME_TRIGGERS.size()))));
        }
    }

    private static JsonNode strange(SplittableRandom random) {
        return switch (random.nextInt(9)) {
            case 0 -> JSON.nullNode();
            case 1 -> JSON.numberNode(random.nextInt());
            case 2 -> JSON.numberNode(random.nextDouble() * 1e300);
            case 3 -> JSON.textNode("x".repeat(random.nextInt(70_000)));
            case 4 -> JSON.textNode("\u0000");
            case 5 -> JSON.objectNode();
            case 6 -> JSON.arrayNode();
            case 7 -> JSON.booleanNode(true);
            default -> nested(random.nextInt(60));
        };
    }

    private static JsonNode nested(int depth) {
        JsonNode node = JSON.objectNode().put("type", "user_profile_association");
        for (int i = 0; i < depth; i++) {
            node = JSON.objectNode().set("not", node);
        }
        return node;
    }

    private static void collect(JsonNode node, List<JsonNode> containers) {
        if (node.isContainerNode()) {
            containers.add(node);
            node.forEach(child -> collect(child, containers));
        }
    }

    /** Damages one place. */
    public static byte[] bytes(SplittableRandom random, byte[] bytes) {
        int at = random.nextInt(bytes.length + 1);
        int end = Math.min(bytes.length, at + random.nextInt(12));
        byte[] inserted =
                switch (random.nextInt(4)) {
                    case 0 -> new byte[0];
                    case 1 -> new byte[] {(byte) random.nextInt(256)};
                    case 2 -> NASTY.get(random.nextInt(NASTY.size())).getBytes(StandardCharsets.UTF_8);
                    default -> Arrays.copyOfRange(bytes, at, end);
                };
        byte[] damaged = new byte[at + inserted.length + bytes.length - end];
        System.arraycopy(bytes, 0, damaged, 0, at);
        System.arraycopy(inserted, 0, damaged, at, inserted.length);
        System.arraycopy(bytes, end, damaged, at + inserted.length, bytes.length - end);
        return damaged;
    }
}
