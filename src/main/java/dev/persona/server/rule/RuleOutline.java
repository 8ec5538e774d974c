package dev.persona.server.rule;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.persona.server.parameter.ParameterCatalogue;
import dev.persona.server.platform.Faults;
import dev.persona.server.platform.NearestName;
import dev.persona.server.platform.Shown;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the review of a rule document has learned of it: which facts it looks at, how often, and what it names. */
final class RuleOutline {
    private static final ParameterCatalogue CATALOGUE = new ParameterCatalogue();
    private static final int TOKENS = 20;

    private final RuleFaults faults;
    private final SortedMap<String, Class<?>> facts = new TreeMap<>();
    private final List<Mention> personas = new ArrayList<>();
    private final List<Mention> parameters = new ArrayList<>();
    private long single;
    private long pairs;

    /** @param faults of the text that is reviewed */
    RuleOutline(RuleFaults faults) {
        this.faults = faults;
    }

    /**
     * A name that a consequence has as plain text.
     *
     * @param offset where in the text it stands
     * @param value that a parameter is set to, if that is plain too
     */
    record Mention(int offset, String name, Optional<JsonNode> value) {}

    /** For rules that nobody has reviewed: all facts, at no cost. */
    static RuleOutline ofAllFacts() {
        RuleOutline outline = new RuleOutline(new RuleFaults(""));
        Vocabulary.facts()
                .forEach(name -> outline.facts.put(name, Vocabulary.fact(name).orElseThrow()));
        return outline;
    }

    /** Takes note of a type of facts that a rule looks at. */
    void fact(Class<?> fact) {
        facts.put(fact.getSimpleName(), fact);
    }

    /**
     * Takes note of a condition, which is one comparison for every {@value #TOKENS} tokens, and one at least.
     *
     * @param open how many patterns that no key narrows there are in a row, up to here
     * @param times how many rules Drools makes of the rule
     */
    void work(int tokens, int open, long times) {
        long weight = times * (1 + tokens / TOKENS);
        single += weight;
        pairs += open > 1 ? weight : 0;
    }

    void persona(Mention mention) {
        personas.add(mention);
    }

    void parameter(Mention mention) {
        parameters.add(mention);
    }

    /** Adds a fault for each parameter that the catalogue doesn't have, or that doesn't take its value. */
    void checkParameters() {
        for (Mention mention : parameters) {
            Faults found = new Faults();
            if (mention.value().isPresent() || CATALOGUE.find(mention.name()).isEmpty()) {
                CATALOGUE.check(mention.name(), mention.value().orElse(NullNode.getInstance()), "", found);
            }
            found.list().forEach(fault -> faults.add(mention.offset(), fault.detail()));
        }
    }

    /** One for each place where a persona is named that isn't among the known ones. */
    List<RuleFault> unknownPersonas(Set<String> known) {
        return personas.stream()
                .filter(mention -> !known.contains(mention.name()))
                .map(mention -> faults.fault(
                        mention.offset(),
                        "there is no persona `" + Shown.text(mention.name()) + "`"
                                + NearestName.to(mention.name(), known)
                                        .map(near -> ", did you mean `" + near + "`?")
                                        .orElse("")
                                + "; until there is, the rule activates nothing"))
                .toList();
    }

    /** The types of facts that a rule looks at, in order of name. */
    List<Class<?>> facts() {
        return List.copyOf(facts.values());
    }

    /** How many comparisons the rules may have to make where there are so many facts, if nothing but keys narrows them. */
    long comparisons(long count) {
        return single * count + pairs * count * count;
    }
}
