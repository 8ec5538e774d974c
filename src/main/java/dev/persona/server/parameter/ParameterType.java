package dev.persona.server.parameter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.persona.server.platform.Faults;
import dev.persona.server.platform.Shown;
import java.util.Optional;

/** The values that a parameter can take. */
public sealed interface ParameterType
        permits AlternativeType,
                BitRateType,
                BooleanType,
                ByteSizeType,
                ChoiceType,
                CoresType,
                CpuListType,
                IntegerType,
                ObjectType,
                ScalarType,
                TextType {

    /** The form of {@code max}, which the kernel takes for "no limit". */
    String MAX = "max";

    /** What a value must be, worded to follow "must be". */
    String expected();

    /** The value in the one form that agents understand; empty if it is none of this type. */
    Optional<JsonNode> canonical(JsonNode value);

    /** The JSON Schema (2020-12) of the values that authors may write. */
    ObjectNode schema();

    /** Adds what is wrong with a value: one fault, or one for each faulty field of an object. */
    default void check(String name, JsonNode value, String pointer, Faults faults) {
        if (canonical(value).isEmpty()) {
            String shown = value.isObject() ? "an object" : value.isArray() ? "an array" : Shown.text(value.asText());
            faults.add(
                    pointer,
                    "`" + name + "` must be " + expected() + ", but is "
                            + (value.isContainerNode() ? shown : "`" + shown + "`"));
        }
    }

    /** Begins a schema. */
    static ObjectNode schemaOf(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }
}
