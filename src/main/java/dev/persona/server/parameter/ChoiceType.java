package dev.persona.server.parameter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/** One of some words. */
record ChoiceType(List<String> choices) implements ParameterType {

    ChoiceType {
        choices = List.copyOf(choices);
    }

    static ChoiceType of(String... choices) {
        return new ChoiceType(List.of(choices));
    }

    @Override
    public String expected() {
        return "one of `" + String.join("`, `", choices) + "`";
    }

    @Override
    public Optional<JsonNode> canonical(JsonNode value) {
        return Optional.of(value).filter(text -> text.isTextual() && choices.contains(text.textValue()));
    }

    @Override
    public ObjectNode schema() {
        ObjectNode schema = ParameterType.schemaOf("string");
        choices.forEach(schema.putArray("enum")::add);
        return schema;
    }
}
