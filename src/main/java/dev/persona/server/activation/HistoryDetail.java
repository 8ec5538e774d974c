package dev.persona.server.activation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.persona.server.decision.Decision;
import dev.persona.server.decision.Input;
import dev.persona.server.instance.Tags;

/** The details of history entries, as JSON. */
final class HistoryDetail {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModules(new Jdk8Module(), new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .build();

    private HistoryDetail() {}

    static JsonNode tags(Tags tags) {
        return JsonNodeFactory.instance.objectNode().set("tags", JSON.valueToTree(tags));
    }

    static JsonNode orders(Input.StandingOrders orders) {
        return JSON.valueToTree(orders);
    }

    static JsonNode decision(Decision decision) {
        return JSON.valueToTree(decision);
    }
}
