package dev.persona.server.parameter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/** True or false. */
record BooleanType() implements ParameterType {

    @Override
    public String expected() {
        return "true or false";
    }

    @Override
    public Optional<JsonNode> canonical(JsonNode value) {
        return Optional.of(value).filter(JsonNode::isBoolean);
    }

    @Override
    public ObjectNode schema() {
        return ParameterType.schemaOf("boolean");
    }
}
