package dev.persona.server.event;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.cloudevents.CloudEvent;
import io.cloudevents.CloudEventData;
import io.cloudevents.jackson.JsonCloudEventData;
import io.cloudevents.jackson.JsonFormat;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** CloudEvents to and from what is stored and what triggers look at. */
@Singleton
final class CloudEventFormat {
    private final JsonFormat format = new JsonFormat();
    private final ObjectMapper mapper;

    CloudEventFormat(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    /** The event in the JSON format of CloudEvents. */
    String write(CloudEvent event) {
        return new String(format.serialize(event), StandardCharsets.UTF_8);
    }

    /** What {@link #write} gave. */
    CloudEvent read(String document) {
        return format.deserialize(document.getBytes(StandardCharsets.UTF_8));
    }

    /** All context attributes and extensions as text; times in RFC 3339. */
    static Map<String, String> attributes(CloudEvent event) {
        Map<String, String> attributes = new TreeMap<>();
        event.getAttributeNames().forEach(name -> put(attributes, name, event.getAttribute(name)));
        event.getExtensionNames().forEach(name -> put(attributes, name, event.getExtension(name)));
        return attributes;
    }

    private static void put(Map<String, String> attributes, String name, Object value) {
        if (value instanceof OffsetDateTime time) {
            attributes.put(name, time.toInstant().toString());
        } else if (value != null) {
            attributes.put(name, value.toString());
        }
    }

    /**
     * The data that conditions look at: JSON as it is, text as a string, anything else in base64, null if there is none.
     *
     * @throws UncheckedIOException if it says that it is JSON and isn't
     */
    JsonNode data(CloudEvent event) {
        CloudEventData data = event.getData();
        if (data == null) {
            return NullNode.getInstance();
        }
        if (data instanceof JsonCloudEventData json) {
            return json.getNode();
        }
        String contentType = event.getDataContentType() == null
                ? ""
                : event.getDataContentType().toLowerCase(Locale.ROOT);
        if (isJson(contentType)) {
            try {
                return mapper.readTree(data.toBytes());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return TextNode.valueOf(
                contentType.startsWith("text/")
                        ? new String(data.toBytes(), StandardCharsets.UTF_8)
                        : Base64.getEncoder().encodeToString(data.toBytes()));
    }

    private static boolean isJson(String contentType) {
        String mediaType = contentType.split(";", 2)[0].strip();
        return mediaType.endsWith("/json") || mediaType.endsWith("+json");
    }
}
