package dev.persona.server.parameter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Text that is taken as it is.
 *
 * @param expected what it must be, worded to follow "must be"
 * @param form that the whole text must have
 * @param maximumLength in characters
 */
record TextType(String expected, Pattern form, int maximumLength) implements ParameterType {

    /** Any text, in as many lines as it likes. */
    static TextType content(int maximumLength) {
        return new TextType(
                "text of at most " + maximumLength + " characters", Pattern.compile("(?s).*"), maximumLength);
    }

    /** A short name that is safe as part of a path. */
    static TextType name() {
        return new TextType(
                "a name of 1-64 of letters, digits, `_` and `-`", Pattern.compile("[A-Za-z0-9_-]{1,64}"), 64);
    }

    @Override
    public Optional<JsonNode> canonical(JsonNode value) {
        return Optional.of(value)
                .filter(text -> text.isTextual()
                        && text.textValue().length() <= maximumLength
                        && form.matcher(text.textValue()).matches());
    }

    @Override
    public ObjectNode schema() {
        return ParameterType.schemaOf("string").put("maxLength", maximumLength);
    }
}
