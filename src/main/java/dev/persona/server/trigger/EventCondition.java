package dev.persona.server.trigger;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * One condition of an event subscription's {@code where}.
 *
 * @param path a CloudEvents attribute's name, or a JSON pointer (it begins with a slash) into the event's data
 * @param comparison how what is found compares; EQUAL for a plain value
 * @param value what it compares with: a string, a number, a boolean or null
 */
public record EventCondition(String path, Trigger.Threshold.Operator comparison, JsonNode value) {}
