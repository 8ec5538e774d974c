package dev.persona.server.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.persona.server.decision.Decision;
import dev.persona.server.decision.Decision.ActivePersona;
import dev.persona.server.decision.Decision.Reason;
import dev.persona.server.decision.Decision.Setting;
import dev.persona.server.simulation.Scenario.Expectation;
import dev.persona.server.simulation.SimulationEnding.Unmet;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** What was the case at an instant, to be held against expectations. */
record Observation(Decision decision, SortedSet<String> staleMetrics, Instant start) {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    Optional<Unmet> unmet(Expectation expectation) {
        JsonNode expected = expectation.value();
        return switch (expectation.subject()) {
            case ACTIVE ->
                differing(
                        expectation,
                        texts(sorted(expected)),
                        texts(decision.activePersonas().stream()
                                .map(ActivePersona::personaId)
                                .collect(Collectors.toCollection(TreeSet::new))));
            case STALE -> differing(expectation, texts(sorted(expected)), texts(staleMetrics));
            case HELD ->
                differing(
                        expectation,
                        expected,
                        BooleanNode.valueOf(decision.hold().isPresent()));
            case CONFLICTS -> differing(expectation, expected, conflicts());
            case CONFIGURATION -> differing(expectation, plain(expected), each(expected, this::value));
            case SOURCES ->
                differing(expectation, expected, each(expected, id -> persona(id)
                        .<JsonNode>map(persona ->
                                TextNode.valueOf(persona.source().name().toLowerCase(Locale.ROOT)))
                        .orElse(NullNode.getInstance())));
            case SINCE ->
                differing(expectation, durations(expected), each(expected, id -> persona(id)
                        .<JsonNode>map(persona -> TextNode.valueOf(
                                Duration.between(start, persona.since()).toString()))
                        .orElse(NullNode.getInstance())));
            case REASONS -> reasons(expectation);
        };
    }

    private static Optional<Unmet> differing(Expectation expectation, JsonNode expected, JsonNode actual) {
        return expected.equals(actual)
                ? Optional.empty()
                : Optional.of(new Unmet(expectation.at(), expectation.pointer(), expectation.value(), actual));
    }

    private Optional<Unmet> reasons(Expectation expectation) {
        JsonNode actual = each(
                expectation.value(),
                id -> TextNode.valueOf(decision.reasons().stream()
                        .filter(reason -> reason.personaId().equals(id))
                        .map(Reason::detail)
                        .collect(Collectors.joining("; "))));
        boolean met = expectation.value().properties().stream().allMatch(entry -> actual.get(entry.getKey())
                .asText()
                .contains(entry.getValue().asText()));
        return met
                ? Optional.empty()
                : Optional.of(new Unmet(expectation.at(), expectation.pointer(), expectation.value(), actual));
    }

    private ArrayNode conflicts() {
        ArrayNode conflicts = JSON.arrayNode();
        decision.conflicts().forEach(conflict -> {
            ObjectNode object =
                    conflicts.addObject().put("parameter", conflict.parameter()).put("winner", conflict.winner());
            object.set("losers", texts(conflict.losers()));
        });
        return conflicts;
    }

    private JsonNode value(String parameter) {
        return Optional.ofNullable(decision.configuration().get(parameter))
                .map(Setting::value)
                .orElse(NullNode.getInstance());
    }

    private Optional<ActivePersona> persona(String id) {
        return decision.activePersonas().stream()
                .filter(persona -> persona.personaId().equals(id))
                .findFirst();
    }

    /** Numbers in the form in which decisions have them. */
    private static JsonNode plain(JsonNode expected) {
        return new Setting(expected, "").value();
    }

    private static JsonNode durations(JsonNode expected) {
        return each(expected, id -> {
            JsonNode duration = expected.get(id);
            return duration.isNull()
                    ? duration
                    : TextNode.valueOf(Duration.parse(duration.asText()).toString());
        });
    }

    private static ObjectNode each(JsonNode expected, Function<String, JsonNode> actual) {
        ObjectNode object = JSON.objectNode();
        expected.fieldNames().forEachRemaining(name -> object.set(name, actual.apply(name)));
        return object;
    }

    private static SortedSet<String> sorted(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asText)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static ArrayNode texts(Collection<String> texts) {
        ArrayNode array = JSON.arrayNode();
        texts.forEach(array::add);
        return array;
    }
}
