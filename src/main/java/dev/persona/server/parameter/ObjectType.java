package dev.persona.server.parameter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.persona.server.platform.Faults;
import dev.persona.server.platform.JsonFields;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** An object with one or more of some fields. */
record ObjectType(SortedMap<String, ParameterType> fields) implements ParameterType {

    ObjectType {
        fields = Collections.unmodifiableSortedMap(new TreeMap<>(fields));
    }

    static ObjectType of(Map<String, ParameterType> fields) {
        return new ObjectType(new TreeMap<>(fields));
    }

    @Override
    public String expected() {
        return "an object with one or more of `" + String.join("`, `", fields.keySet()) + "`";
    }

    @Override
    public Optional<JsonNode> canonical(JsonNode value) {
        if (!value.isObject() || value.isEmpty()) {
            return Optional.empty();
        }
        ObjectNode canonical = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, JsonNode> field : value.properties()) {
            Optional<JsonNode> part =
                    Optional.ofNullable(fields.get(field.getKey())).flatMap(type -> type.canonical(field.getValue()));
            if (part.isEmpty()) {
                return Optional.empty();
            }
            canonical.set(field.getKey(), part.get());
        }
        return Optional.of(canonical);
    }

    @Override
    public void check(String name, JsonNode value, String pointer, Faults faults) {
        if (!value.isObject() || value.isEmpty()) {
            ParameterType.super.check(name, value, pointer, faults);
            return;
        }
        JsonFields.of(value, pointer, faults).ifPresent(object -> {
            fields.forEach((field, type) ->
                    object.node(field).ifPresent(part -> type.check(field, part, object.pointer(field), faults)));
            object.refuseUnknown();
        });
    }

    @Override
    public ObjectNode schema() {
        ObjectNode schema =
                ParameterType.schemaOf("object").put("minProperties", 1).put("additionalProperties", false);
        ObjectNode properties = schema.putObject("properties");
        fields.forEach((field, type) -> properties.set(field, type.schema()));
        return schema;
    }
}
