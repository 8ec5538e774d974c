package dev.persona.agent.applier;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A keyword of sshd_config(5).
 *
 * @param text what to write for a canonical value; empty if it can't take it
 */
record SshdKeyword(String name, String expected, Function<JsonNode, Optional<String>> text) {

    static SshdKeyword yesOrNo(String name) {
        return new SshdKeyword(name, "true or false", value -> Optional.of(value)
                .filter(JsonNode::isBoolean)
                .map(bool -> bool.booleanValue() ? "yes" : "no"));
    }

    static SshdKeyword oneOf(String name, String... choices) {
        return new SshdKeyword(
                name, "one of `" + String.join("`, `", choices) + "`", value -> Optional.ofNullable(value.textValue())
                        .filter(List.of(choices)::contains));
    }

    static SshdKeyword number(String name, int minimum, int maximum) {
        return new SshdKeyword(name, "a whole number " + minimum + ".." + maximum, value -> Optional.of(value)
                .filter(number -> number.isIntegralNumber()
                        && number.canConvertToInt()
                        && number.intValue() >= minimum
                        && number.intValue() <= maximum)
                .map(JsonNode::asText));
    }

    String text(String parameter, JsonNode value) throws UnusableValueException {
        return text.apply(value)
                .orElseThrow(() -> new UnusableValueException(parameter, KernelFile.excerpt(value), expected));
    }

    /** sshd still shows the old name of {@code prohibit-password}. */
    static String normalised(String shown) {
        return shown.equals("without-password") ? "prohibit-password" : shown;
    }
}
