package dev.persona.server.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.server.platform.Faults;
import dev.persona.server.platform.JsonFields;
import dev.persona.server.platform.NearestName;
import dev.persona.server.platform.PolicyException;
import dev.persona.server.platform.Shown;
import dev.persona.server.rule.RuleDocument;
import dev.persona.server.rule.RuleSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The reading of a scenario's custom rules: {@code rules} that are written in it, each with {@code name} and {@code drl},
 * and {@code rule_names} of stored ones, in force or not. Where it has either, no others take part.
 */
final class ScenarioRules {
    static final int MAXIMUM_DOCUMENTS = 20;
    private static final int MAXIMUM_NAME = 64;

    private final JsonFields fields;
    private final Faults faults;
    private final RuleSource source;

    ScenarioRules(JsonFields fields, Faults faults, RuleSource source) {
        this.fields = fields;
        this.faults = faults;
        this.source = source;
    }

    /** Adds every fault; absent if the scenario says nothing about rules. */
    Optional<List<RuleDocument>> read() {
        boolean told =
                fields.node("rules").isPresent() || fields.node("rule_names").isPresent();
        List<JsonNode> inline = fields.elements("rules", MAXIMUM_DOCUMENTS);
        List<String> names = fields.texts("rule_names", MAXIMUM_DOCUMENTS);
        Map<String, RuleDocument> stored = new TreeMap<>();
        if (!names.isEmpty()) {
            source.stored().forEach(document -> stored.put(document.name(), document));
        }
        List<RuleDocument> documents = Stream.concat(
                        IntStream.range(0, inline.size()).mapToObj(i -> inline(inline.get(i), "/rules/" + i)),
                        IntStream.range(0, names.size())
                                .mapToObj(i -> stored(names.get(i), stored, "/rule_names/" + i)))
                .flatMap(Optional::stream)
                .toList();
        Set<String> known = new HashSet<>();
        documents.stream()
                .filter(document -> !known.add(document.name()))
                .forEach(document -> faults.add("", "rules `" + Shown.text(document.name()) + "` are there twice"));
        return Optional.of(documents).filter(all -> told);
    }

    private Optional<RuleDocument> inline(JsonNode node, String pointer) {
        return JsonFields.of(node, pointer, faults).flatMap(rules -> {
            rules.require("name");
            rules.require("drl");
            Optional<String> name = rules.text("name", MAXIMUM_NAME);
            Optional<String> drl = rules.text("drl");
            rules.refuseUnknown();
            return name.flatMap(given -> drl.flatMap(text -> compiled(given, text, pointer)));
        });
    }

    private Optional<RuleDocument> compiled(String name, String drl, String pointer) {
        try {
            return Optional.of(source.compile(name, drl));
        } catch (PolicyException e) {
            e.faults().forEach(fault -> faults.add(pointer + fault.pointer(), fault.detail()));
            return Optional.empty();
        }
    }

    private Optional<RuleDocument> stored(String name, Map<String, RuleDocument> stored, String pointer) {
        Optional<RuleDocument> document = Optional.ofNullable(stored.get(name));
        if (document.isEmpty()) {
            faults.add(
                    pointer,
                    "there are no rules `" + Shown.text(name) + "`"
                            + NearestName.to(name, stored.keySet())
                                    .map(near -> "; did you mean `" + near + "`?")
                                    .orElse(""));
        }
        return document;
    }
}
