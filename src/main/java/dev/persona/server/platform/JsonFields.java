package dev.persona.server.platform;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * One JSON object being read, field by field: every fault is collected with its JSON pointer, and what nobody asked for
 * is refused by name.
 *
 * <p>Each reader method answers empty when the field is absent, null or faulty, so that reading goes on and finds the
 * other faults; call {@link #refuseUnknown()} last.
 */
public final class JsonFields {
    private final JsonNode object;
    private final String pointer;
    private final Faults faults;
    private final Set<String> asked = new LinkedHashSet<>();

    private JsonFields(JsonNode object, String pointer, Faults faults) {
        this.object = object;
        this.pointer = pointer;
        this.faults = faults;
    }

    /**
     * Begins to read an object; anything else is a fault.
     *
     * @param pointer JSON pointer of the node within its document
     */
    public static Optional<JsonFields> of(JsonNode node, String pointer, Faults faults) {
        if (!node.isObject()) {
            faults.add(pointer, "must be an object, but is " + kind(node));
            return Optional.empty();
        }
        return Optional.of(new JsonFields(node, pointer, faults));
    }

    /** The JSON pointer of a field of this object. */
    public String pointer(String field) {
        return child(pointer, field);
    }

    /** The JSON pointer of this object. */
    public String pointer() {
        return pointer;
    }

    public Faults faults() {
        return faults;
    }

    /** The JSON pointer of a field or element below another place, escaped as RFC 6901 asks. */
    public static String child(String pointer, String field) {
        return pointer + "/" + field.replace("~", "~0").replace("/", "~1");
    }

    /** A field as it stands, absent if missing or null. */
    public Optional<JsonNode> node(String field) {
        asked.add(field);
        JsonNode node = object.get(field);
        return node == null || node.isNull() ? Optional.empty() : Optional.of(node);
    }

    /** Adds a fault unless the field is there. */
    public void require(String field) {
        if (node(field).isEmpty()) {
            faults.add(pointer(field), "`" + field + "` is missing");
        }
    }

    public Optional<String> text(String field) {
        return node(field).flatMap(node -> expect(field, node, node.isTextual(), "a string", JsonNode::textValue));
    }

    /** A string of at most a number of characters. */
    public Optional<String> text(String field, int maximumLength) {
        return text(field)
                .filter(text -> check(
                        field,
                        text.length() <= maximumLength,
                        "is longer than " + maximumLength + " characters; shorten it"));
    }

    public Optional<Boolean> bool(String field) {
        return node(field)
                .flatMap(node -> expect(field, node, node.isBoolean(), "true or false", JsonNode::booleanValue));
    }

    /** A whole number between two bounds, both included. */
    public Optional<Integer> integer(String field, int minimum, int maximum) {
        String expected = "a whole number from " + minimum + " to " + maximum;
        return node(field)
                .flatMap(node -> expect(
                        field,
                        node,
                        node.isIntegralNumber()
                                && node.canConvertToInt()
                                && node.intValue() >= minimum
                                && node.intValue() <= maximum,
                        expected,
                        JsonNode::intValue));
    }

    /** An ISO-8601 duration, zero or more. */
    public Optional<Duration> duration(String field) {
        String expected = "an ISO-8601 duration such as `PT5M`";
        Optional<String> written =
                node(field).flatMap(node -> expect(field, node, node.isTextual(), expected, JsonNode::textValue));
        return written.flatMap(text -> {
            try {
                Duration duration = Duration.parse(text);
                boolean bounded = !duration.isNegative() && duration.compareTo(Duration.ofDays(36_525)) <= 0;
                return check(field, bounded, "must be between PT0S and 100 years, but is `" + text + "`")
                        ? Optional.of(duration)
                        : Optional.<Duration>empty();
            } catch (DateTimeException | ArithmeticException e) {
                faults.add(pointer(field), "must be " + expected + ", but is `" + text + "`");
                return Optional.empty();
            }
        });
    }

    /** An RFC 3339 instant. */
    public Optional<Instant> instant(String field) {
        return text(field).flatMap(text -> {
            try {
                return Optional.of(OffsetDateTime.parse(text).toInstant());
            } catch (DateTimeException e) {
                faults.add(
                        pointer(field),
                        "must be an RFC 3339 time such as `2026-03-02T08:00:00Z`, but is `" + text + "`");
                return Optional.empty();
            }
        });
    }

    /** The elements of an array of at most a number of elements; an absent array has none. */
    public List<JsonNode> elements(String field, int maximumSize) {
        return node(field)
                .flatMap(node -> expect(field, node, node.isArray(), "an array", array -> {
                    List<JsonNode> elements = new ArrayList<>();
                    array.forEach(elements::add);
                    return elements;
                }))
                .filter(elements -> check(
                        field,
                        elements.size() <= maximumSize,
                        "has " + elements.size() + " elements; at most " + maximumSize + " are allowed"))
                .orElse(List.of());
    }

    /** The strings of an array of at most a number of elements; an element of another kind is a fault. */
    public List<String> texts(String field, int maximumSize) {
        List<JsonNode> elements = elements(field, maximumSize);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < elements.size(); i++) {
            if (elements.get(i).isTextual()) {
                texts.add(elements.get(i).textValue());
            } else {
                faults.add(
                        child(pointer(field), Integer.toString(i)),
                        "must be a string, but is " + kind(elements.get(i)));
            }
        }
        return List.copyOf(texts);
    }

    /** A field that is an object itself. */
    public Optional<JsonFields> object(String field) {
        return node(field).flatMap(node -> of(node, pointer(field), faults));
    }

    /** Adds a fault for the field unless a condition holds, and answers whether it did. */
    public boolean check(String field, boolean condition, String detail) {
        if (!condition) {
            faults.add(pointer(field), "`" + field + "` " + detail);
        }
        return condition;
    }

    /** Adds a fault for each field that was never asked for. */
    public void refuseUnknown() {
        object.fieldNames().forEachRemaining(name -> {
            if (!asked.contains(name)) {
                String shown = Shown.text(name);
                String remedy = NearestName.to(name, asked)
                        .map(known -> "did you mean `" + known + "`?")
                        .orElseGet(() -> "known are `" + String.join("`, `", asked) + "`");
                faults.add(pointer(shown), "`" + shown + "` is not a field here; " + remedy);
            }
        });
    }

    private <T> Optional<T> expect(
            String field, JsonNode node, boolean fits, String expected, Function<JsonNode, T> read) {
        if (!fits) {
            faults.add(pointer(field), "`" + field + "` must be " + expected + ", but is " + kind(node));
            return Optional.empty();
        }
        return Optional.of(read.apply(node));
    }

    private static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> "an object";
            case ARRAY -> "an array";
            case NULL -> "null";
            default -> "`" + Shown.text(node.toString()) + "`";
        };
    }
}
