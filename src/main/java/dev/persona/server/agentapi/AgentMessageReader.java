package dev.persona.server.agentapi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.persona.server.platform.DocumentFormat;
import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.Fault;
import dev.persona.server.platform.JsonFields;
import dev.persona.server.platform.PolicyException;
import dev.persona.server.protocol.AgentMessage;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Reads agents' frames. Fields that this server doesn't know are passed over, so that a newer agent can speak to it;
 * what the values mean is checked by {@link AgentTranslation}.
 */
final class AgentMessageReader {
    private static final List<String> TYPES = List.of("hello", "report", "orders", "acknowledgement");

    private final ObjectReader reader = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build()
            .readerFor(AgentMessage.class);
    private final DocumentFormat documents;

    /** @param documents reads frames, with their bounds */
    AgentMessageReader(DocumentFormat documents) {
        this.documents = documents;
    }

    /**
     * @throws PolicyException TOO_LARGE, MALFORMED_DOCUMENT, or INVALID_DOCUMENT with one fault
     */
    AgentMessage read(String frame) {
        JsonNode tree = documents.readJson(frame.getBytes(StandardCharsets.UTF_8));
        if (!tree.isObject() || !TYPES.contains(tree.path("type").asText())) {
            throw refusal("/type", "`type` must be one of `" + String.join("`, `", TYPES) + "`");
        }
        try {
            return reader.readValue(tree);
        } catch (JsonMappingException e) {
            throw refusal(pointer(e), "is not what the protocol has here");
        } catch (JsonProcessingException e) {
            throw refusal("", "is not what the protocol has here");
        } catch (java.io.IOException e) {
            throw new IllegalStateException("reading a tree does no input", e);
        }
    }

    private static String pointer(JsonMappingException e) {
        String pointer = "";
        for (JsonMappingException.Reference step : e.getPath()) {
            pointer = JsonFields.child(
                    pointer, step.getFieldName() == null ? Integer.toString(step.getIndex()) : step.getFieldName());
        }
        return pointer;
    }

    private static PolicyException refusal(String pointer, String detail) {
        return new PolicyException(
                ErrorCode.INVALID_DOCUMENT, "the frame has 1 fault", List.of(new Fault(pointer, detail)));
    }
}
