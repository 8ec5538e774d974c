package dev.persona.server.event;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.persona.server.instance.Instance;
import dev.persona.server.platform.DocumentFormat;
import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.Faults;
import dev.persona.server.platform.JsonFields;
import dev.persona.server.platform.PolicyException;
import dev.persona.server.platform.Shown;
import io.cloudevents.CloudEvent;
import io.cloudevents.http.HttpMessageFactory;
import io.cloudevents.jackson.JsonFormat;
import io.cloudevents.rw.CloudEventRWException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Reads CloudEvents 1.0 from an HTTP request in structured, binary or batch mode (CloudEvents HTTP protocol binding,
 * section 3).
 *
 * <p>Attributes are checked here, so that all faults are told at once, each with its place in the structured form (also
 * where a header carried it); the library builds the event.
 */
final class CloudEventReader {
    private static final String STRUCTURED = JsonFormat.CONTENT_TYPE;
    private static final String BATCH = "application/cloudevents-batch+json";
    private static final String HEADER_PREFIX = "ce-";

    private static final int LONGEST_ID = 256;
    private static final int LONGEST_SOURCE = 512;
    private static final int LONGEST_ATTRIBUTE = 1024;
    private static final int MAXIMUM_EXTENSIONS = 32;
    private static final Pattern EXTENSION = Pattern.compile("[a-z0-9]{1,64}");
    private static final Set<String> NO_EXTENSIONS = Set.of(
            "specversion",
            "id",
            "source",
            "type",
            "subject",
            "time",
            "datacontenttype",
            "dataschema",
            "data",
            "data_base64");

    private final JsonFormat library = new JsonFormat();
    private final DocumentFormat documents;
    private final CloudEventFormat format;
    private final int maximumBatch;
    private final Predicate<String> isRegistered;

    /**
     * @param documents reads bodies, with their bounds
     * @param isRegistered whether there is an instance with an id
     */
    CloudEventReader(
            DocumentFormat documents, CloudEventFormat format, int maximumBatch, Predicate<String> isRegistered) {
        this.documents = documents;
        this.format = format;
        this.maximumBatch = maximumBatch;
        this.isRegistered = isRegistered;
    }

    /**
     * Reads the events of a request.
     *
     * @param headers by name in lower case
     * @throws PolicyException UNSUPPORTED_MEDIA_TYPE if this is in none of the three modes, TOO_LARGE or
     *     MALFORMED_DOCUMENT for the body, INVALID_DOCUMENT with every fault
     */
    List<CloudEvent> read(Map<String, String> headers, byte[] body) {
        String contentType = mediaType(headers.getOrDefault("content-type", ""));
        Faults faults = new Faults();
        List<CloudEvent> events;
        if (contentType.equals(BATCH)) {
            events = readBatch(documents.readJson(body), faults);
        } else if (contentType.equals(STRUCTURED)) {
            events = readEvent(documents.readJson(body), "", faults).stream().toList();
        } else if (headers.containsKey(HEADER_PREFIX + "specversion")
                && !contentType.startsWith("application/cloudevents")) {
            events = readBinary(headers, body, faults).stream().toList();
        } else {
            throw new PolicyException(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "`Content-Type` must be `" + STRUCTURED + "` or `" + BATCH
                            + "`, or the headers `ce-specversion`, `ce-id`, `ce-source` and `ce-type` must be there");
        }
        faults.throwIfAny(contentType.equals(BATCH) ? "the batch" : "the event");
        return events;
    }

    private List<CloudEvent> readBatch(JsonNode batch, Faults faults) {
        List<CloudEvent> events = new ArrayList<>();
        if (!batch.isArray()) {
            faults.add("", "must be an array of events");
        } else if (batch.size() > maximumBatch) {
            faults.add(
                    "",
                    "has " + batch.size() + " events; at most " + maximumBatch
                            + " are allowed, so send several batches");
        } else {
            for (int i = 0; i < batch.size(); i++) {
                readEvent(batch.get(i), JsonFields.child("", Integer.toString(i)), faults)
                        .ifPresent(events::add);
            }
        }
        return events;
    }

    private Optional<CloudEvent> readEvent(JsonNode event, String pointer, Faults faults) {
        Faults own = new Faults();
        JsonFields.of(event, pointer, own).ifPresent(fields -> {
            check(event, fields);
            fields.text("data_base64")
                    .ifPresent(data -> fields.check("data_base64", isBase64(data), "must be base64 (RFC 4648)"));
            fields.check(
                    "data", !event.has("data") || !event.has("data_base64"), "must not be there beside `data_base64`");
        });
        Optional<CloudEvent> read = own.isEmpty()
                ? build(() -> library.deserialize(event.toString().getBytes(StandardCharsets.UTF_8)), pointer, own)
                : Optional.empty();
        own.list().forEach(fault -> faults.add(fault.pointer(), fault.detail()));
        return read;
    }

    private Optional<CloudEvent> readBinary(Map<String, String> headers, byte[] body, Faults faults) {
        ObjectNode attributes = JsonNodeFactory.instance.objectNode();
        headers.forEach((name, value) -> {
            if (name.startsWith(HEADER_PREFIX)) {
                attributes.put(name.substring(HEADER_PREFIX.length()), value);
            }
        });
        JsonFields.of(attributes, "", faults).ifPresent(fields -> check(attributes, fields));
        return faults.isEmpty()
                ? build(() -> HttpMessageFactory.createReader(headers, body).toEvent(), "", faults)
                : Optional.empty();
    }

    private interface Build {
        CloudEvent event();
    }

    private Optional<CloudEvent> build(Build build, String pointer, Faults faults) {
        try {
            CloudEvent event = build.event();
            format.data(event);
            return Optional.of(event);
        } catch (UncheckedIOException e) {
            faults.add(JsonFields.child(pointer, "data"), "is no JSON, though `datacontenttype` says so");
        } catch (CloudEventRWException | IllegalStateException | IllegalArgumentException e) {
            faults.add(pointer, "is no CloudEvent: " + Shown.text(String.valueOf(e.getMessage())));
        }
        return Optional.empty();
    }

    private void check(JsonNode event, JsonFields fields) {
        List.of("specversion", "id", "source", "type").forEach(fields::require);
        fields.text("specversion")
                .ifPresent(version -> fields.check(
                        "specversion", version.equals("1.0"), "must be `1.0`, but is `" + Shown.text(version) + "`"));
        fields.text("id", LONGEST_ID).ifPresent(id -> fields.check("id", !id.isEmpty(), "must not be empty"));
        fields.text("source", LONGEST_SOURCE).ifPresent(source -> checkUri(fields, "source", source));
        fields.text("type", LONGEST_ID).ifPresent(type -> fields.check("type", !type.isEmpty(), "must not be empty"));
        fields.text("subject").ifPresent(subject -> checkSubject(fields, subject));
        fields.instant("time");
        fields.text("datacontenttype", LONGEST_ATTRIBUTE);
        fields.text("dataschema", LONGEST_ATTRIBUTE).ifPresent(schema -> checkUri(fields, "dataschema", schema));
        fields.text(TakenEvent.PERSONA_GROUP);
        checkExtensions(event, fields);
    }

    private void checkSubject(JsonFields fields, String subject) {
        if (fields.check("subject", Instance.isId(subject), "must be an instance id: " + Instance.ID_RULE)) {
            fields.check(
                    "subject",
                    isRegistered.test(subject),
                    "names the instance `" + subject
                            + "`, which is not registered; leave `subject` out to address all");
        }
    }

    private static boolean isBase64(String text) {
        try {
            Base64.getDecoder().decode(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static void checkUri(JsonFields fields, String field, String text) {
        try {
            fields.check(field, !new URI(text).toString().isEmpty(), "must not be empty");
        } catch (URISyntaxException e) {
            fields.check(field, false, "must be a URI reference (RFC 3986), but is `" + Shown.text(text) + "`");
        }
    }

    private static void checkExtensions(JsonNode event, JsonFields fields) {
        List<String> extensions = new ArrayList<>();
        event.fieldNames().forEachRemaining(name -> {
            if (!NO_EXTENSIONS.contains(name)) {
                extensions.add(name);
            }
        });
        if (extensions.size() > MAXIMUM_EXTENSIONS) {
            fields.faults()
                    .add(
                            fields.pointer(),
                            "has " + extensions.size() + " extension attributes; at most " + MAXIMUM_EXTENSIONS
                                    + " are allowed");
            return;
        }
        for (String name : extensions) {
            JsonNode value = event.get(name);
            String shown = Shown.text(name);
            if (!EXTENSION.matcher(name).matches()) {
                fields.faults()
                        .add(
                                fields.pointer(shown),
                                "attribute `" + shown + "` must have a name of 1 to 64 lower-case letters and digits");
            } else if (value.isContainerNode() || value.asText().length() > LONGEST_ATTRIBUTE) {
                fields.faults()
                        .add(
                                fields.pointer(shown),
                                "attribute `" + shown + "` must be a string, number or boolean of at most "
                                        + LONGEST_ATTRIBUTE + " characters");
            }
        }
    }

    private static String mediaType(String contentType) {
        return contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }
}
