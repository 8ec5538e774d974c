package dev.persona.agent.link;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.persona.agent.link.Connection.State;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ConnectionTest {
    private static final Instant NOW = Instant.parse("2026-03-02T08:00:00Z");

    @Test
    void both_kinds_are_shown_with_their_state() {
        assertThat(shown(new Connection.Connected("ws://h/agent", NOW, "1.0")).properties())
                .extracting(field -> field.getKey() + " " + field.getValue().asText())
                .contains("state connected", "server ws://h/agent", "server_version 1.0")
                .hasSize(4);
        assertThat(shown(new Connection.Away(State.REPLACED, "ws://h/agent", NOW, "why", 1, NOW))
                        .properties())
                .extracting(field -> field.getKey() + " " + field.getValue().asText())
                .contains("state replaced", "reason why", "failures 1")
                .hasSize(6);
    }

    private static JsonNode shown(Connection connection) {
        return JsonMapper.builder().addModule(new JavaTimeModule()).build().valueToTree(connection);
    }
}
