package dev.persona.server.decision;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The configuration that one instance must run from an instant on, and why.
 *
 * @param at when it began to hold
 * @param revision 1 for the first decision of an instance, one more with each that says something else: of active
 *     personas, configuration, conflicts, hold, or what holds underneath
 * @param activePersonas in order of rank, pins first; empty while the instance is held
 * @param configuration by parameter name; empty while the instance is held
 * @param automatic what the configuration would be without pins and hold: the agent falls back to it on its own when a
 *     pin ends while the server is away
 * @param conflicts one for each parameter that more than one active persona sets
 * @param reasons why the active personas changed with this decision
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record Decision(
        Instant at,
        long revision,
        List<ActivePersona> activePersonas,
        SortedMap<String, Setting> configuration,
        Automatic automatic,
        List<Conflict> conflicts,
        List<Reason> reasons,
        Optional<Input.Hold> hold) {

    public Decision {
        activePersonas = List.copyOf(activePersonas);
        // Without pins both are one; ten thousand instances need it once each.
        configuration = configuration == automatic.configuration()
                ? configuration
                : Collections.unmodifiableSortedMap(new TreeMap<>(configuration));
        conflicts = List.copyOf(conflicts);
        reasons = List.copyOf(reasons);
    }

    /** What is in force before the first decision: nothing. */
    static Decision none(Instant at) {
        Automatic nothing = new Automatic(List.of(), Collections.emptySortedMap());
        return new Decision(
                at, 0, List.of(), Collections.emptySortedMap(), nothing, List.of(), List.of(), Optional.empty());
    }

    /** Whether an operator would see the same: active personas, configuration and hold. */
    public boolean looksLike(Decision other) {
        return activePersonas.equals(other.activePersonas)
                && configuration.equals(other.configuration)
                && hold.equals(other.hold);
    }

    /** Whether another decision says the same, whenever and for whatever reasons it was taken. */
    boolean saysTheSameAs(Decision other) {
        return looksLike(other) && conflicts.equals(other.conflicts) && automatic.equals(other.automatic);
    }

    /** What made a persona active. */
    public enum Source {
        @JsonProperty("trigger")
        TRIGGER,
        @JsonProperty("pin")
        PIN,
        @JsonProperty("rule")
        RULE
    }

    /**
     * A persona that is active.
     *
     * @param since when it became active without a break since
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record ActivePersona(String personaId, int priority, Instant since, Source source) {}

    /**
     * The value of one parameter.
     *
     * @param value as the persona's author wrote it
     * @param personaId who set it: a persona, or the custom rule {@code rule:NAME}
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Setting(JsonNode value, String personaId) {
        public Setting {
            value = plain(value);
        }

        /** The same value with each number in one form only, however it was read: equal numbers are equal values. */
        private static JsonNode plain(JsonNode node) {
            if (node.isInt()) {
                return node;
            }
            if (node.isNumber()) {
                BigDecimal shortest = node.decimalValue().stripTrailingZeros();
                if (shortest.scale() > 0) {
                    return DecimalNode.valueOf(shortest);
                }
                BigInteger whole = shortest.toBigIntegerExact();
                return whole.bitLength() < Integer.SIZE
                        ? IntNode.valueOf(whole.intValue())
                        : BigIntegerNode.valueOf(whole);
            }
            if (node.isObject()) {
                ObjectNode object = JsonNodeFactory.instance.objectNode();
                node.properties().forEach(field -> object.set(field.getKey(), plain(field.getValue())));
                return object;
            }
            if (node.isArray()) {
                ArrayNode array = JsonNodeFactory.instance.arrayNode();
                node.forEach(element -> array.add(plain(element)));
                return array;
            }
            return node;
        }
    }

    /** What holds without pins and hold. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Automatic(List<ActivePersona> activePersonas, SortedMap<String, Setting> configuration) {
        public Automatic {
            activePersonas = List.copyOf(activePersonas);
            configuration = Collections.unmodifiableSortedMap(new TreeMap<>(configuration));
        }
    }

    /** A parameter that several active personas set: who won and who lost, losers in order of rank. */
    public record Conflict(String parameter, String winner, List<String> losers) {
        public Conflict {
            losers = List.copyOf(losers);
        }
    }

    /**
     * Why a persona began or ended.
     *
     * @param change what happened to it
     * @param detail one sentence for people, with the facts seen
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Reason(String personaId, Change change, String detail) {
        /** What happened to a persona. */
        public enum Change {
            @JsonProperty("activated")
            ACTIVATED,
            @JsonProperty("deactivated")
            DEACTIVATED,
            @JsonProperty("pinned")
            PINNED,
            @JsonProperty("unpinned")
            UNPINNED,
            @JsonProperty("changed")
            CHANGED,
            @JsonProperty("held")
            HELD,
            @JsonProperty("resumed")
            RESUMED
        }
    }
}
