package dev.persona.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.persona.agent.protocol.AgentMessage;
import dev.persona.agent.protocol.ServerMessage;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the wire records to the golden JSON that the server keeps; strictly, where run time is lenient. */
class ContractTest {
    private static final ObjectMapper STRICT = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .build();

    @ParameterizedTest
    @ValueSource(strings = {"agent-hello", "agent-report", "agent-orders", "agent-acknowledgement"})
    void agent_messages_read_and_write_the_golden_json(String name) throws IOException {
        assertReadsAndWrites(name, AgentMessage.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"server-welcome", "server-personas", "server-decision", "server-refusal"})
    void server_messages_read_and_write_the_golden_json(String name) throws IOException {
        assertReadsAndWrites(name, ServerMessage.class);
    }

    private static void assertReadsAndWrites(String name, Class<?> type) throws IOException {
        JsonNode golden = STRICT.readTree(
                Path.of("../src/test/resources/contract", name + ".json").toFile());

        Object message = STRICT.readerFor(type).readValue(golden);

        assertThat(STRICT.readTree(STRICT.writerFor(type).writeValueAsString(message)))
                .isEqualTo(golden);
    }
}
