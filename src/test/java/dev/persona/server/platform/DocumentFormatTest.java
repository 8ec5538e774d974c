package dev.persona.server.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DocumentFormatTest {
    private final DocumentFormat format = new DocumentFormat(1_000, 4);

    @Test
    void numbers_keep_the_digits_that_their_author_wrote() {
        assertThat(json("{\"a\": [0.80, 12345678901234567890, 1E+3]}").toString())
                .isEqualTo("{\"a\":[0.80,12345678901234567890,1E+3]}");
        assertThat(yaml("a: [0.80, 12345678901234567890]").toString()).isEqualTo("{\"a\":[0.80,12345678901234567890]}");
    }

    @Test
    void yaml_and_json_of_the_same_content_are_the_same_tree() {
        JsonNode json = json("{\"from\": \"22:00\", \"days\": [\"mon\"], \"on\": true, \"x\": null, \"no\": \"yes\"}");

        JsonNode yaml = yaml("from: 22:00\ndays: [mon]\non: true\nx: null\nno: yes\n");

        assertThat(yaml).isEqualTo(json);
    }

    @Test
    void a_byte_order_mark_is_no_part_of_the_document() {
        assertThat(json("\uFEFF{}")).isEmpty();
        assertThat(yaml("\uFEFFa: 1").get("a").intValue()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '^',
            delimiter = '|',
            textBlock =
                    """
                    {"a": 1, "a": 2} | the JSON can't be read at line 1, column 15: Duplicate field 'a'
                    {"a": NaN}       | the JSON can't be read at line 1, column 10: Non-standard token 'NaN'
                    {} {}            | the JSON can't be read at line 1, column 4: Trailing token
                    [[[[[]]]]]       | the JSON can't be read: Document nesting depth (5) exceeds the maximum allowed (4)
                    1e999073709551616 | the JSON has a number whose exponent is out of bounds
                    {                | the JSON can't be read at line 1, column 2: Unexpected end-of-input: expected close marker for Object
                    """)
    void json_that_is_not_plain_is_refused(String document, String detail) {
        assertThatThrownBy(() -> json(document))
                .isInstanceOfSatisfying(
                        PolicyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED_DOCUMENT))
                .hasMessage(detail);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '^',
            delimiter = '|',
            textBlock =
                    """
                    {a: 1, a: 2}        | the YAML can't be read at line 1, column 11: Duplicate field 'a'
                    {a: &x 1, b: *x}    | the YAML can't be read at line 1, column 16: aliases (`*name`) are not taken; write the value out
                    a: !!int 1          | the YAML can't be read at line 1, column 11: tags (`!name`) are not taken; leave them out
                    a: .nan             | the YAML can't be read at line 1, column 8: Malformed numeric value '.nan'
                    [[[[[]]]]]          | the YAML can't be read: Document nesting depth (5) exceeds the maximum allowed (4)
                    a: [1               | the YAML can't be read at line 1, column 6: expected ',' or ']', but got <stream end>
                    """)
    void yaml_that_is_more_than_json_is_refused(String document, String detail) {
        assertThatThrownBy(() -> yaml(document))
                .isInstanceOfSatisfying(
                        PolicyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED_DOCUMENT))
                .hasMessage(detail);
    }

    @Test
    void a_second_yaml_document_is_refused() {
        assertThatThrownBy(() -> yaml("a: 1\n---\nb: 1"))
                .hasMessage("the YAML can't be read at line 3, column 1: Trailing token");
    }

    @Test
    void what_no_database_or_rule_can_hold_is_told_with_its_place() {
        assertThatThrownBy(() -> json("{\"a\": [\"\\u0000\"], \"b\": \"\\ud800\", \"c\": 1e999}"))
                .isInstanceOfSatisfying(
                        PolicyException.class,
                        e -> assertThat(e.faults()).extracting(Fault::pointer).containsExactly("/a/0", "/b", "/c"));
    }

    @Test
    void a_document_may_have_as_many_bytes_as_configured_and_not_one_more() {
        assertThat(json("\"" + "x".repeat(998) + "\"").textValue()).hasSize(998);

        assertThatThrownBy(() -> json("\"" + "x".repeat(999) + "\""))
                .isInstanceOfSatisfying(
                        PolicyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TOO_LARGE));
    }

    @Test
    void bytes_that_are_not_utf_8_are_refused() {
        assertThatThrownBy(() -> format.readJson(new byte[] {'"', (byte) 0xC3, '"'}))
                .hasMessage("the document isn't encoded in UTF-8");
    }

    @Test
    void an_empty_document_is_refused() {
        assertThatThrownBy(() -> json("")).hasMessage("the document is empty");
        assertThatThrownBy(() -> yaml("# nothing")).hasMessage("the document is empty");
    }

    private JsonNode json(String document) {
        return format.readJson(document.getBytes(StandardCharsets.UTF_8));
    }

    private JsonNode yaml(String document) {
        return format.readYaml(document.getBytes(StandardCharsets.UTF_8));
    }
}
