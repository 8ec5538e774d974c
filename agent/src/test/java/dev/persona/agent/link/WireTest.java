package dev.persona.agent.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.persona.agent.protocol.ServerMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WireTest {

    @Test
    void fields_that_a_newer_server_adds_are_passed_over() throws MalformedMessageException {
        ServerMessage message = Wire.read(
                """
                {"type": "welcome", "protocol": 1, "server_version": "9", "report_interval": "PT5S", "mood": "good"}""");

        assertThat(message).isEqualTo(new ServerMessage.Welcome(1, "9", Duration.ofSeconds(5)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"server-welcome", "server-personas", "server-decision", "server-refusal"})
    void the_golden_messages_are_complete(String name) throws IOException, MalformedMessageException {
        String golden = Files.readString(Path.of("../src/test/resources/contract", name + ".json"));

        assertThat(Wire.read(golden)).isNotNull();
    }

    @Test
    void a_refusal_may_lack_its_pointer() throws MalformedMessageException {
        assertThat(Wire.read("{\"type\": \"refusal\", \"code\": \"TOO_LARGE\", \"detail\": \"no\"}"))
                .isEqualTo(new ServerMessage.Refusal("TOO_LARGE", "no", null));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'type': 'personas'} | `/personas` is missing",
                "{'type': 'personas', 'personas': [null]} | `/personas/0` is missing",
                "{'type': 'welcome', 'protocol': 1, 'server_version': '1'} | `/report_interval` is missing",
                "null | `` is missing"
            })
    void a_message_that_lacks_something_is_refused_by_name(String text, String reason) {
        assertThatThrownBy(() -> Wire.read(text.replace('\'', '"')))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage(reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "42",
                "{}",
                "{\"type\": \"order\"}",
                "{\"type\": \"welcome\", \"protocol\": \"one\"}",
                "{\"type\": \"welcome\", \"protocol\": 1, \"server_version\": \"1\", \"report_interval\": \"soon\"}"
            })
    void garbage_is_refused(String text) {
        assertThatThrownBy(() -> Wire.read(text)).isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void nesting_without_end_is_refused() {
        assertThatThrownBy(() -> Wire.read("[".repeat(100_000))).isInstanceOf(MalformedMessageException.class);
    }
}
