package dev.persona.server.platform;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.MessageBodyReader;
import jakarta.ws.rs.ext.Provider;
import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;

/** Gives resources that take a {@link JsonNode} the request's body, whether it is JSON or YAML. */
@Provider
@Consumes({MediaTypes.JSON, MediaTypes.YAML, MediaTypes.X_YAML, MediaTypes.TEXT_YAML})
public final class DocumentReader implements MessageBodyReader<JsonNode> {
    private final DocumentFormat format;

    @Inject
    public DocumentReader(ApiConfig config) {
        this.format = DocumentFormat.of(config);
    }

    @Override
    public boolean isReadable(Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
        return JsonNode.class.isAssignableFrom(type);
    }

    @Override
    public JsonNode readFrom(
            Class<JsonNode> type,
            Type genericType,
            Annotation[] annotations,
            MediaType mediaType,
            MultivaluedMap<String, String> headers,
            InputStream body)
            throws IOException {
        byte[] document = body.readNBytes(format.readLimit());
        return mediaType.getSubtype().endsWith("yaml") ? format.readYaml(document) : format.readJson(document);
    }
}
