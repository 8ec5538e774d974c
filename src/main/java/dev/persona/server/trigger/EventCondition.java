package dev.persona.server.trigger;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.persona.server.trigger.Trigger.Threshold.Operator;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One condition of an event subscription's {@code where}.
 *
 * <p>A path that finds nothing satisfies no condition, not even {@code !=}. Attributes are text; where the condition has
 * a number, an attribute that reads as a number is compared as one.
 *
 * @param path a CloudEvents attribute's name, or a JSON pointer (it begins with a slash) into the event's data
 * @param comparison how what is found compares; EQUAL for a plain value
 * @param value what it compares with: a string, a finite number, a boolean or null; numbers only, unless for EQUAL and
 *     NOT_EQUAL
 */
public record EventCondition(String path, Operator comparison, JsonNode value) {
    /** No number of more characters is compared as one. */
    private static final int MAXIMUM_NUMBER_LENGTH = 64;

    public EventCondition {
        value = number(value).<JsonNode>map(DecimalNode::valueOf).orElse(value);
    }

    /** Whether an event with these attributes and data satisfies this condition. */
    public boolean matches(Map<String, String> attributes, JsonNode data) {
        JsonNode found = path.startsWith("/") ? data.at(JsonPointer.compile(path)) : attribute(attributes.get(path));
        if (found.isMissingNode()) {
            return false;
        }
        Optional<BigDecimal> left = number(found);
        Optional<BigDecimal> right = number(value);
        if (left.isPresent() && right.isPresent()) {
            return comparison.test(left.get().compareTo(right.get()), 0);
        }
        return switch (comparison) {
            case EQUAL -> found.equals(value);
            case NOT_EQUAL -> !found.equals(value);
            case GREATER, GREATER_OR_EQUAL, LESS, LESS_OR_EQUAL -> false;
        };
    }

    private JsonNode attribute(@Nullable String text) {
        if (text == null) {
            return MissingNode.getInstance();
        }
        if (value.isNumber() && text.length() <= MAXIMUM_NUMBER_LENGTH) {
            try {
                return DecimalNode.valueOf(new BigDecimal(text));
            } catch (NumberFormatException e) {
                return TextNode.valueOf(text);
            }
        }
        return value.isBoolean() && (text.equals("true") || text.equals("false"))
                ? BooleanNode.valueOf(text.equals("true"))
                : TextNode.valueOf(text);
    }

    /** The number in its shortest form, so that equal numbers are equal values; empty for what is no finite number. */
    private static Optional<BigDecimal> number(JsonNode node) {
        if (!node.isNumber() || (node.isFloatingPointNumber() && !Double.isFinite(node.doubleValue()))) {
            return Optional.empty();
        }
        BigDecimal shortest = node.decimalValue().stripTrailingZeros();
        return Optional.of(shortest.scale() < 0 ? shortest.setScale(0) : shortest);
    }
}
