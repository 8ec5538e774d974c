package dev.persona.server.parameter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.persona.server.platform.Faults;
import java.util.Optional;

/** A plain value, or an object that says more. */
record AlternativeType(ParameterType plain, ObjectType object) implements ParameterType {

    @Override
    public String expected() {
        return plain.expected() + ", or " + object.expected();
    }

    @Override
    public Optional<JsonNode> canonical(JsonNode value) {
        return value.isObject() ? object.canonical(value) : plain.canonical(value);
    }

    @Override
    public void check(String name, JsonNode value, String pointer, Faults faults) {
        if (value.isObject()) {
            object.check(name, value, pointer, faults);
        } else {
            ParameterType.super.check(name, value, pointer, faults);
        }
    }

    @Override
    public ObjectNode schema() {
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        schema.putArray("oneOf").add(plain.schema()).add(object.schema());
        return schema;
    }
}
