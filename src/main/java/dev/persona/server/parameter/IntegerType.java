package dev.persona.server.parameter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * A whole number between two bounds, both included.
 *
 * @param unlimited whether {@code max} is taken too
 */
record IntegerType(long minimum, long maximum, boolean unlimited) implements ParameterType {

    IntegerType(long minimum, long maximum) {
        this(minimum, maximum, false);
    }

    @Override
    public String expected() {
        return "a whole number from " + minimum + " to " + maximum + (unlimited ? ", or `max`" : "");
    }

    @Override
    public Optional<JsonNode> canonical(JsonNode value) {
        if (unlimited && MAX.equals(value.textValue())) {
            return Optional.of(value);
        }
        return Optional.of(value)
                .filter(number -> number.isIntegralNumber()
                        && number.canConvertToLong()
                        && number.longValue() >= minimum
                        && number.longValue() <= maximum);
    }

    @Override
    public ObjectNode schema() {
        ObjectNode integer =
                ParameterType.schemaOf("integer").put("minimum", minimum).put("maximum", maximum);
        if (!unlimited) {
            return integer;
        }
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        schema.putArray("oneOf").add(integer).addObject().put("const", MAX);
        return schema;
    }
}
