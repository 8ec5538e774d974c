package dev.persona.agent.activation;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.agent.protocol.AgentMessage.ParameterDrift;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A parameter in force that the host no longer shows: something else changed it.
 *
 * @param actual what the host shows, absent when it has none or can't be read
 * @param reason why it can't be read, absent when it can
 * @param since when this agent first saw it so
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Drift(
        String parameter, JsonNode wanted, @Nullable String actual, @Nullable String reason, Instant since) {
    private static final int MOST_TOLD = 100;
    private static final int LONGEST_TOLD = 200;

    /** As the server is told: the first by name, and no long texts. */
    static Map<String, ParameterDrift> told(List<Drift> drift) {
        Map<String, ParameterDrift> told = new TreeMap<>();
        drift.stream()
                .sorted(Comparator.comparing(Drift::parameter))
                .limit(MOST_TOLD)
                .forEach(each -> told.put(
                        each.parameter,
                        new ParameterDrift(
                                cut(each.wanted.isValueNode() ? each.wanted.asText() : each.wanted.toString()),
                                each.actual == null ? null : cut(each.actual),
                                each.reason == null ? null : cut(each.reason),
                                each.since)));
        return told;
    }

    private static String cut(String text) {
        return text.length() <= LONGEST_TOLD ? text : text.substring(0, LONGEST_TOLD) + "…";
    }
}
