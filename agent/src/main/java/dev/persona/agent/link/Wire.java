package dev.persona.agent.link;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.persona.agent.protocol.AgentMessage;
import dev.persona.agent.protocol.ServerMessage;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Messages as text frames and back.
 *
 * <p>Unknown fields are passed over, so that a newer server can talk to an older agent; a field that is missing is not.
 */
final class Wire {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .build();

    private Wire() {}

    static String write(AgentMessage message) {
        try {
            return JSON.writerFor(AgentMessage.class).writeValueAsString(message);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @throws MalformedMessageException if the text is no message, or one that lacks something */
    static ServerMessage read(String text) throws MalformedMessageException {
        ServerMessage message;
        try {
            message = JSON.readValue(text, ServerMessage.class);
        } catch (JsonProcessingException e) {
            throw new MalformedMessageException(e.getOriginalMessage());
        }
        requireComplete(message, "");
        return message;
    }

    /** Whatever the records don't mark as nullable must be there, at any depth. */
    private static void requireComplete(@Nullable Object value, String pointer) throws MalformedMessageException {
        if (value == null) {
            throw new MalformedMessageException("`" + pointer + "` is missing");
        } else if (value instanceof Record record) {
            for (RecordComponent component : record.getClass().getRecordComponents()) {
                Object part = valueOf(component, record);
                if (part != null || !component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                    requireComplete(part, pointer + "/" + fieldName(component));
                }
            }
        } else if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                requireComplete(list.get(i), pointer + "/" + i);
            }
        } else if (value instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                requireComplete(entry.getValue(), pointer + "/" + entry.getKey());
            }
        }
    }

    private static String fieldName(RecordComponent component) {
        return ((PropertyNamingStrategies.NamingBase) PropertyNamingStrategies.SNAKE_CASE)
                .translate(component.getName());
    }

    private static @Nullable Object valueOf(RecordComponent component, Record record) {
        try {
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
