package dev.persona.agent.api;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.persona.agent.activation.Enforcement;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Who orders something of this host, why, and for how long.
 *
 * @param duration empty means until taken back
 */
record Order(String by, String reason, Optional<Duration> duration) {
    private static final ObjectReader JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .reader();
    private static final int MAX_BODY_BYTES = 16 * 1024;
    private static final Set<String> FIELDS = Set.of("by", "reason");

    /**
     * Reads the body <code>{"by": ..., "reason": ...}</code>, both fields and the body itself optional, and the query
     * parameter {@code for}.
     *
     * @throws RefusedException TOO_LARGE, MALFORMED_DOCUMENT, INVALID_DOCUMENT with all faults, or INVALID_REQUEST
     */
    static Order read(byte[] body, Optional<String> duration) {
        JsonNode document = document(body);
        List<Fault> faults = new ArrayList<>();
        if (!document.isObject()) {
            faults.add(new Fault("", "must be an object such as `{\"reason\": \"maintenance\"}`"));
        }
        document.fieldNames().forEachRemaining(name -> {
            if (!FIELDS.contains(name)) {
                faults.add(Fault.of(Shown.text(name), "is not a field here; known are `by`, `reason`"));
            }
        });
        String by = text(document, "by", Enforcement.MAX_BY_LENGTH, "local", faults);
        String reason = text(document, "reason", Enforcement.MAX_REASON_LENGTH, "by hand", faults);
        if (!faults.isEmpty()) {
            String count = faults.size() == 1 ? "1 fault" : faults.size() + " faults";
            throw new RefusedException(ErrorCode.INVALID_DOCUMENT, "the order has " + count, faults);
        }
        return new Order(by, reason, duration.map(Order::duration));
    }

    private static JsonNode document(byte[] body) {
        if (body.length > MAX_BODY_BYTES) {
            throw new RefusedException(
                    ErrorCode.TOO_LARGE,
                    "the body has " + body.length + " bytes; at most " + MAX_BODY_BYTES + " are taken");
        }
        try {
            JsonNode document = JSON.readTree(body);
            return document.isMissingNode() ? JSON.createObjectNode() : document;
        } catch (JacksonException e) {
            String place = e.getLocation() == null
                    ? ""
                    : " at line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr();
            throw new RefusedException(ErrorCode.MALFORMED_DOCUMENT, "the body is no JSON" + place);
        } catch (IOException e) {
            throw new RefusedException(ErrorCode.MALFORMED_DOCUMENT, "the body can't be read");
        }
    }

    private static String text(JsonNode document, String field, int longest, String otherwise, List<Fault> faults) {
        JsonNode value = document.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return otherwise;
        }
        if (!value.isTextual() || value.textValue().isBlank()) {
            faults.add(Fault.of(field, "must be a string that is not empty"));
        } else if (value.textValue().length() > longest) {
            faults.add(Fault.of(field, "is longer than " + longest + " characters; shorten it"));
        }
        return value.asText();
    }

    private static Duration duration(String text) {
        try {
            Duration duration = Duration.parse(text);
            if (duration.isNegative() || duration.isZero() || duration.compareTo(Enforcement.MAX_DURATION) > 0) {
                throw new RefusedException(
                        ErrorCode.INVALID_REQUEST,
                        "`for` is `" + Shown.text(text) + "`; it must be positive and at most "
                                + Enforcement.MAX_DURATION.toDays() + " days");
            }
            return duration;
        } catch (DateTimeException e) {
            throw new RefusedException(
                    ErrorCode.INVALID_REQUEST,
                    "`for` must be an ISO-8601 duration such as `PT1H`, but is `" + Shown.text(text) + "`");
        }
    }
}
