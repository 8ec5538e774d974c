package dev.persona.server.activation;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What became of a decision on the host.
 *
 * @param revision the decision tried
 * @param revisionInForce the decision that the host runs now
 * @param at when, by the host's clock
 * @param parameters what became of each parameter, by name
 * @param drift the parameters in force that something else on the host has changed since, by name
 */
public record Acknowledgement(
        long revision,
        Outcome outcome,
        OptionalLong revisionInForce,
        Instant at,
        SortedMap<String, ParameterOutcome> parameters,
        SortedMap<String, Drift> drift) {

    public Acknowledgement {
        parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
        drift = Collections.unmodifiableSortedMap(new TreeMap<>(drift));
    }

    /** What became of the whole. */
    public enum Outcome {
        APPLIED,
        /** Some parameters are not permitted or not supported on the host, the others are in force. */
        INCOMPLETE,
        /** Put back to what was in force before. */
        FAILED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What became of one parameter. */
    public enum Status {
        APPLIED,
        UNCHANGED,
        FAILED,
        NOT_PERMITTED,
        NOT_SUPPORTED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        boolean isInForce() {
            return this == APPLIED || this == UNCHANGED;
        }
    }

    /** @param reason for people; absent when the parameter is in force */
    public record ParameterOutcome(Status status, Optional<String> reason) {}

    /**
     * How the host differs from a value in force.
     *
     * @param found what the host shows; absent when it has none or can't be read
     * @param reason why it can't be read; absent when it can
     * @param since when the agent first saw it so, by the host's clock
     */
    public record Drift(String expected, Optional<String> found, Optional<String> reason, Instant since) {}

    /** The parameters that are not as the decision wants them. */
    SortedMap<String, ParameterOutcome> notInForce() {
        SortedMap<String, ParameterOutcome> notInForce = new TreeMap<>(parameters);
        notInForce.values().removeIf(parameter -> parameter.status().isInForce());
        return notInForce;
    }

    /** All of it, for the history. */
    ObjectNode document() {
        return document(parameters);
    }

    /** All but the parameters that are in force, for the list of instances. */
    ObjectNode summary() {
        return document(notInForce());
    }

    private ObjectNode document(Map<String, ParameterOutcome> shown) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("revision", revision);
        document.put("outcome", outcome.word());
        revisionInForce.ifPresent(inForce -> document.put("revision_in_force", inForce));
        document.put("at", at.toString());
        ObjectNode outcomes = document.putObject("parameters");
        shown.forEach((name, parameter) -> {
            ObjectNode shownOutcome = outcomes.putObject(name);
            shownOutcome.put("status", parameter.status().word());
            parameter.reason().ifPresent(reason -> shownOutcome.put("reason", reason));
        });
        ObjectNode drifted = document.putObject("drift");
        drift.forEach((name, parameter) -> {
            ObjectNode shownDrift = drifted.putObject(name);
            shownDrift.put("expected", parameter.expected());
            parameter.found().ifPresent(found -> shownDrift.put("found", found));
            parameter.reason().ifPresent(reason -> shownDrift.put("reason", reason));
            shownDrift.put("since", parameter.since().toString());
        });
        return document;
    }
}
