package dev.persona.server.analysis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.persona.server.decision.Input;
import dev.persona.server.trigger.EventCondition;
import dev.persona.server.trigger.Glob;
import dev.persona.server.trigger.Trigger.EventSubscription;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Events that a subscription matches, and proofs that there are none. */
final class EventExample {
    private static final String SOURCE = "/example";
    private static final String ANYTHING = "anything";

    private EventExample() {}

    /** An event that matches; empty if none is found, which doesn't mean that there is none. */
    static Optional<Input.Event> of(EventSubscription subscription) {
        Map<String, String> attributes = new HashMap<>();
        attributes.put("source", subscription.source().map(EventExample::text).orElse(SOURCE));
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, List<EventCondition>> path : byPath(subscription).entrySet()) {
            Optional<JsonNode> value = candidates(path.getValue())
                    .filter(candidate -> satisfies(path.getKey(), path.getValue(), candidate))
                    .findFirst();
            if (value.isEmpty()) {
                return Optional.empty();
            }
            if (path.getKey().startsWith("/")) {
                put(data, path.getKey(), value.get());
            } else {
                attributes.put(path.getKey(), value.get().asText());
            }
        }
        attributes.put("type", subscription.eventType());
        return subscription.matches(attributes, data)
                ? Optional.of(new Input.Event(attributes, data))
                : Optional.empty();
    }

    /**
     * Whether no event at all can match, for certain: the conditions on one place in the data, or on one attribute,
     * contradict each other.
     */
    static boolean isImpossible(EventSubscription subscription) {
        return byPath(subscription).entrySet().stream()
                .anyMatch(path -> isExhaustive(path.getKey(), path.getValue())
                        && candidates(path.getValue())
                                .noneMatch(candidate -> satisfies(path.getKey(), path.getValue(), candidate)));
    }

    /** Whether the candidates stand for all values that the conditions can tell apart. */
    private static boolean isExhaustive(String path, List<EventCondition> conditions) {
        if (path.startsWith("/")) {
            return true;
        }
        // Text of an attribute is a number to one condition and text to another: those that mix both are let be.
        boolean numbers =
                conditions.stream().allMatch(condition -> condition.value().isNumber());
        boolean texts =
                conditions.stream().allMatch(condition -> condition.value().isTextual());
        return !path.equals("type") && (numbers || texts);
    }

    /** For each class of values that the conditions can't tell apart one; arrays are to them as objects are. */
    private static Stream<JsonNode> candidates(List<EventCondition> conditions) {
        List<JsonNode> candidates = new ArrayList<>();
        TreeSet<BigDecimal> numbers = new TreeSet<>();
        TreeSet<String> texts = new TreeSet<>();
        for (EventCondition condition : conditions) {
            if (condition.value().isNumber()) {
                numbers.add(condition.value().decimalValue());
            } else if (condition.value().isTextual()) {
                texts.add(condition.value().textValue());
            }
        }
        texts.forEach(text -> candidates.add(TextNode.valueOf(text)));
        if (!numbers.isEmpty()) {
            candidates.add(DecimalNode.valueOf(numbers.first().subtract(BigDecimal.ONE)));
            BigDecimal last = numbers.first();
            for (BigDecimal number : numbers) {
                candidates.add(DecimalNode.valueOf(last.add(number).divide(BigDecimal.valueOf(2))));
                candidates.add(DecimalNode.valueOf(number));
                last = number;
            }
            candidates.add(DecimalNode.valueOf(last.add(BigDecimal.ONE)));
        }
        String other = ANYTHING;
        while (texts.contains(other)) {
            other += "x";
        }
        candidates.add(TextNode.valueOf(other));
        candidates.add(BooleanNode.TRUE);
        candidates.add(BooleanNode.FALSE);
        candidates.add(NullNode.getInstance());
        candidates.add(JsonNodeFactory.instance.objectNode());
        return candidates.stream();
    }

    private static boolean satisfies(String path, List<EventCondition> conditions, JsonNode candidate) {
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        Map<String, String> attributes = new HashMap<>();
        if (path.startsWith("/")) {
            put(data, path, candidate);
        } else if (candidate.isValueNode()) {
            attributes.put(path, candidate.asText());
        }
        return conditions.stream().allMatch(condition -> condition.matches(attributes, data));
    }

    private static void put(ObjectNode data, String pointer, JsonNode value) {
        String[] names = pointer.substring(1).split("/", -1);
        ObjectNode object = data;
        for (int i = 0; i < names.length - 1; i++) {
            String name = unescaped(names[i]);
            object = object.get(name) instanceof ObjectNode inner ? inner : object.putObject(name);
        }
        object.set(unescaped(names[names.length - 1]), value);
    }

    private static String unescaped(String name) {
        return name.replace("~1", "/").replace("~0", "~");
    }

    private static SortedMap<String, List<EventCondition>> byPath(EventSubscription subscription) {
        return subscription.where().stream()
                .collect(Collectors.groupingBy(EventCondition::path, TreeMap::new, Collectors.toList()));
    }

    /** A text that fits a pattern. */
    static String text(Glob glob) {
        String text = glob.pattern().replace("*", "").replace('?', 'x');
        return text.isEmpty() ? "x" : text;
    }
}
