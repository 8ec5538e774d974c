package dev.persona.server.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.persona.server.platform.DocumentFormat;
import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.Fault;
import dev.persona.server.platform.PolicyException;
import io.cloudevents.CloudEvent;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CloudEventReaderTest {
    private static final Map<String, String> STRUCTURED =
            Map.of("content-type", "application/cloudevents+json; charset=utf-8");
    private static final Map<String, String> BATCH = Map.of("content-type", "application/cloudevents-batch+json");
    private static final String ALERT =
            "{'specversion': '1.0', 'id': '1', 'source': '/siem', 'type': 'com.example.alert', 'subject': 'i-1',"
                    + " 'severity': 'critical', 'data': {'score': 8}}";

    private final CloudEventFormat format = new CloudEventFormat(new ObjectMapper());
    private final CloudEventReader reader =
            new CloudEventReader(new DocumentFormat(100_000, 32), format, 100, "i-1"::equals);

    @Test
    void structured_mode_gives_attributes_extensions_and_data() {
        CloudEvent event = read(STRUCTURED, ALERT).get(0);

        assertThat(CloudEventFormat.attributes(event))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "specversion",
                        "1.0",
                        "id",
                        "1",
                        "source",
                        "/siem",
                        "type",
                        "com.example.alert",
                        "subject",
                        "i-1",
                        "severity",
                        "critical",
                        "datacontenttype",
                        "application/json"));
        assertThat(format.data(event)).hasToString("{\"score\":8}");
    }

    @Test
    void binary_mode_gives_the_same() {
        Map<String, String> headers = Map.of(
                "content-type", "application/json",
                "ce-specversion", "1.0",
                "ce-id", "1",
                "ce-source", "/siem",
                "ce-type", "com.example.alert",
                "ce-severity", "critical");

        CloudEvent event = read(headers, "{'score': 8}").get(0);

        assertThat(event.getType()).isEqualTo("com.example.alert");
        assertThat(event.getExtension("severity")).isEqualTo("critical");
        assertThat(format.data(event)).hasToString("{\"score\":8}");
    }

    @Test
    void text_becomes_a_string_and_other_content_base64() {
        String head = "{'specversion': '1.0', 'id': '1', 'source': '/s', 'type': 't', ";

        CloudEvent text = read(STRUCTURED, head + "'datacontenttype': 'text/plain', 'data': 'hi'}")
                .get(0);
        CloudEvent bytes = read(STRUCTURED, head + "'datacontenttype': 'image/png', 'data_base64': 'AAEC'}")
                .get(0);
        CloudEvent none =
                read(STRUCTURED, head + "'time': '2026-03-02T09:00:00+01:00'}").get(0);

        assertThat(format.data(text)).hasToString("\"hi\"");
        assertThat(format.data(bytes)).hasToString("\"AAEC\"");
        assertThat(format.data(none)).hasToString("null");
        assertThat(CloudEventFormat.attributes(none)).containsEntry("time", "2026-03-02T08:00:00Z");
    }

    @Test
    void what_is_stored_reads_back_the_same() {
        CloudEvent event = read(STRUCTURED, ALERT).get(0);

        CloudEvent stored = format.read(format.write(event));

        assertThat(CloudEventFormat.attributes(stored)).isEqualTo(CloudEventFormat.attributes(event));
        assertThat(format.data(stored)).isEqualTo(format.data(event));
    }

    @Test
    void data_that_is_no_base64_is_a_fault_at_its_place() {
        String event = "{'specversion': '1.0', 'id': '1', 'source': '/s', 'type': 't', 'data_base64': '###'}";

        assertThat(faults(STRUCTURED, event))
                .containsExactly(new Fault("/data_base64", "`data_base64` must be base64 (RFC 4648)"));
    }

    @Test
    void all_faults_of_a_batch_are_told_with_the_index_of_the_event() {
        String batch = "[" + ALERT + ", {'specversion': '0.3', 'id': '', 'source': 'no uri', 'time': 'now',"
                + " 'subject': 'i-2', 'Bad': 1}, 7]";

        assertThat(faults(BATCH, batch))
                .containsExactly(
                        new Fault("/1/type", "`type` is missing"),
                        new Fault("/1/specversion", "`specversion` must be `1.0`, but is `0.3`"),
                        new Fault("/1/id", "`id` must not be empty"),
                        new Fault("/1/source", "`source` must be a URI reference (RFC 3986), but is `no uri`"),
                        new Fault(
                                "/1/subject",
                                "`subject` names the instance `i-2`, which is not registered; leave `subject` out to"
                                        + " address all"),
                        new Fault("/1/time", "must be an RFC 3339 time such as `2026-03-02T08:00:00Z`, but is `now`"),
                        new Fault(
                                "/1/Bad", "attribute `Bad` must have a name of 1 to 64 lower-case letters and digits"),
                        new Fault("/2", "must be an object, but is `7`"));
    }

    @Test
    void headers_of_binary_mode_are_told_by_the_attributes_name() {
        assertThat(faults(Map.of("ce-specversion", "1.0", "ce-id", "1", "ce-source", "/s"), ""))
                .containsExactly(new Fault("/type", "`type` is missing"));
    }

    @Test
    void data_that_is_no_json_though_it_says_so_is_a_fault() {
        Map<String, String> headers = Map.of(
                "content-type",
                "application/json",
                "ce-specversion",
                "1.0",
                "ce-id",
                "1",
                "ce-source",
                "/s",
                "ce-type",
                "t");

        assertThat(faults(headers, "{"))
                .containsExactly(new Fault("/data", "is no JSON, though `datacontenttype` says so"));
    }

    @Test
    void a_batch_of_more_than_100_is_refused() {
        String batch = "[" + String.join(",", Collections.nCopies(101, ALERT)) + "]";

        assertThat(faults(BATCH, batch))
                .containsExactly(new Fault("", "has 101 events; at most 100 are allowed, so send several batches"));
    }

    @Test
    void a_request_in_none_of_the_modes_is_refused() {
        assertThatThrownBy(() -> read(Map.of("content-type", "application/json"), "{}"))
                .isInstanceOfSatisfying(
                        PolicyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED_MEDIA_TYPE));
    }

    private List<Fault> faults(Map<String, String> headers, String body) {
        try {
            read(headers, body);
            return List.of();
        } catch (PolicyException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_DOCUMENT);
            return e.faults();
        }
    }

    private List<CloudEvent> read(Map<String, String> headers, String body) {
        return reader.read(headers, body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }
}
