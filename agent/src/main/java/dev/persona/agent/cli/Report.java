package dev.persona.agent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The agent's answers as text for people: a block of labelled lines, then a table for each list. */
final class Report {
    private static final String GAP = "  ";

    private final StringBuilder text = new StringBuilder();

    static String status(JsonNode status) {
        Report report = new Report();
        report.line("agent", word(status, "instance_id") + ", version " + word(status, "agent_version"));
        report.line("server", connection(status.path("connection")));
        report.line("in force", inForce(status));
        if (status.hasNonNull("failed_at")) {
            String parameter = word(status, "failed_at");
            report.line(
                    "failed",
                    "decision " + word(status, "revision") + " was tried and failed at " + parameter + ": "
                            + status.path("parameters")
                                    .path(parameter)
                                    .path("reason")
                                    .asText());
        }
        report.hold(status);
        report.table(
                "pins",
                rows(
                        status.path("pins"),
                        pin -> List.of(
                                word(pin, "persona_id"), "by " + word(pin, "by"), word(pin, "reason"), until(pin))));
        report.parameters("parameters", status.path("parameters"));
        report.drift(status);
        report.table(
                "corrections",
                rows(
                        status.path("corrections"),
                        each -> List.of(
                                word(each, "parameter"),
                                word(each, "times") + " times, last " + word(each, "last"),
                                each.path("left_alone").asBoolean() ? "left alone now" : "",
                                word(each, "failure"))));
        report.table("warnings", rows(status.path("warnings"), warning -> List.of(warning.asText())));
        return report.text.toString();
    }

    static String active(JsonNode active) {
        Report report = new Report();
        report.hold(active);
        report.personas(active);
        List<List<String>> configuration = new ArrayList<>();
        active.path("configuration")
                .fields()
                .forEachRemaining(parameter -> configuration.add(List.of(
                        parameter.getKey(),
                        word(parameter.getValue(), "value"),
                        word(parameter.getValue(), "persona_id"))));
        report.table("configuration", configuration);
        return report.orElse("nothing is active");
    }

    /** What became of an order. */
    static String answer(JsonNode answer) {
        Report report = new Report();
        report.line("outcome", word(answer, "outcome"));
        report.hold(answer);
        report.personas(answer);
        report.parameters("parameters", answer.path("parameters"));
        return report.text.toString();
    }

    static String verification(JsonNode found) {
        Report report = new Report();
        if (!isReached(found)) {
            report.line("outcome", word(found, "outcome"));
        }
        report.parameters("not in force", found.path("not_in_force"));
        report.drift(found);
        return report.orElse("the host is as it should be");
    }

    /** Whether an order, or the last one before a look at the host, reached all that it wanted, and nothing drifted since. */
    static boolean isAsItShouldBe(JsonNode answer) {
        return isReached(answer) && answer.path("drift").isEmpty();
    }

    private static boolean isReached(JsonNode answer) {
        return !answer.hasNonNull("outcome") || word(answer, "outcome").equals("applied");
    }

    static String original(JsonNode originals) {
        Report report = new Report();
        report.table(
                "original values",
                rows(
                        originals.path("parameters"),
                        original -> List.of(
                                word(original, "parameter"),
                                original.hasNonNull("value") ? word(original, "value") : "(absent)",
                                "saved " + word(original, "saved_at"))));
        return report.orElse("nothing is changed, so there is nothing to go back to");
    }

    /** A problem document: what is wrong, then each single fault. */
    static String problem(JsonNode problem) {
        Report report = new Report();
        report.text.append(oneLine(problem.hasNonNull("detail") ? word(problem, "detail") : word(problem, "title")));
        problem.path("errors").forEach(fault -> report.text.append("\n" + GAP + oneLine(word(fault, "detail"))));
        return report.text.append("\n").toString();
    }

    private static String connection(JsonNode connection) {
        String state = word(connection, "state");
        String server = word(connection, "server");
        return state.equals("connected")
                ? "connected to " + server + " since " + word(connection, "since")
                : state + " since " + word(connection, "since") + ": " + server + ", " + word(connection, "reason");
    }

    private static String inForce(JsonNode status) {
        return status.hasNonNull("revision_in_force")
                ? "decision " + word(status, "revision_in_force") + " (" + word(status, "outcome") + ")"
                : "no decision";
    }

    private void hold(JsonNode document) {
        JsonNode hold = document.path("hold");
        if (hold.isObject()) {
            line("held", "by " + word(hold, "by") + ": " + word(hold, "reason") + ", " + until(hold));
        }
    }

    private void personas(JsonNode document) {
        table(
                "active personas",
                rows(
                        document.path("active_personas"),
                        persona -> List.of(
                                word(persona, "persona_id"),
                                "priority " + word(persona, "priority"),
                                word(persona, "source"),
                                "since " + word(persona, "since"),
                                persona.hasNonNull("until") ? until(persona) : "")));
    }

    /** What is wanted, or what the host has again where nothing is. */
    private void parameters(String title, JsonNode parameters) {
        List<List<String>> rows = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry : parameters.properties()) {
            JsonNode parameter = entry.getValue();
            rows.add(List.of(
                    entry.getKey(),
                    word(parameter, "status"),
                    word(parameter, parameter.hasNonNull("wanted") ? "wanted" : "actual"),
                    word(parameter, "persona_id"),
                    word(parameter, "reason")));
        }
        table(title, rows);
    }

    private void drift(JsonNode document) {
        table(
                "drift",
                rows(
                        document.path("drift"),
                        drift -> List.of(
                                word(drift, "parameter"),
                                "wanted " + word(drift, "wanted"),
                                drift.hasNonNull("reason") ? word(drift, "reason") : "found " + word(drift, "actual"),
                                "since " + word(drift, "since"))));
    }

    private static String until(JsonNode order) {
        return order.hasNonNull("until") ? "until " + word(order, "until") : "until taken back";
    }

    private void line(String label, String value) {
        text.append(String.format("%-10s%s%n", label, oneLine(value)));
    }

    private String orElse(String nothing) {
        return text.isEmpty() ? nothing + "\n" : text.toString();
    }

    /** Columns as wide as their widest cell but the last. */
    private void table(String title, List<List<String>> rows) {
        if (rows.isEmpty()) {
            return;
        }
        text.append(title).append("\n");
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder(GAP);
            for (int column = 0; column < row.size(); column++) {
                int index = column;
                int width = rows.stream()
                        .mapToInt(other -> oneLine(other.get(index)).length())
                        .max()
                        .orElse(0);
                String cell = oneLine(row.get(column));
                line.append(cell).append(" ".repeat(width - cell.length())).append(width == 0 ? "" : GAP);
            }
            text.append(line.toString().stripTrailing()).append("\n");
        }
    }

    private static List<List<String>> rows(JsonNode list, Function<JsonNode, List<String>> row) {
        List<List<String>> rows = new ArrayList<>();
        list.forEach(each -> rows.add(row.apply(each)));
        return rows;
    }

    private static String word(JsonNode object, String field) {
        JsonNode value = object.path(field);
        return value.isMissingNode() || value.isNull() ? "" : value.isValueNode() ? value.asText() : value.toString();
    }

    /** Fit for a terminal: what a host or a server wrote can't move its cursor. */
    private static String oneLine(String text) {
        return text.replaceAll("[\\p{Cntrl}\\p{Cs}]+", " ").strip();
    }
}
