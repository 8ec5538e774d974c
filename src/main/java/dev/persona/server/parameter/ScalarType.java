package dev.persona.server.parameter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Optional;

/**
 * A number or one line of text, and maybe a boolean.
 *
 * @param booleans whether true and false are taken
 * @param collapsed whether agents get text with runs of white space made one blank, as in the vectors of sysctl(8)
 */
record ScalarType(boolean booleans, boolean collapsed) implements ParameterType {
    private static final int LONGEST = 4_096;

    @Override
    public String expected() {
        return "a number" + (booleans ? ", true, false" : "") + " or one line of text of at most " + LONGEST
                + " characters";
    }

    @Override
    public Optional<JsonNode> canonical(JsonNode value) {
        if (value.isNumber() || booleans && value.isBoolean()) {
            return Optional.of(value);
        }
        return Optional.of(value)
                .filter(text -> text.isTextual() && isLine(text.textValue()))
                .map(text ->
                        collapsed ? TextNode.valueOf(text.textValue().strip().replaceAll("[ \t]+", " ")) : text);
    }

    private static boolean isLine(String text) {
        return text.length() <= LONGEST && text.chars().noneMatch(c -> c != '\t' && Character.isISOControl(c));
    }

    @Override
    public ObjectNode schema() {
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        var types = schema.putArray("type").add("number").add("string");
        if (booleans) {
            types.add("boolean");
        }
        return schema.put("maxLength", LONGEST);
    }
}
