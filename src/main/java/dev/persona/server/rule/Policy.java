package dev.persona.server.rule;

import dev.persona.server.persona.Persona;
import dev.persona.server.trigger.Trigger.Leaf;
import dev.persona.server.trigger.TriggerWriter;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.kie.api.KieBase;

/**
 * The compiled personas and custom rules that concern one set of groups; immutable, shared by all its instances.
 *
 * <p>There is one Drools rule for each persona. Its salience is the persona's dense rank, so that winners fire first.
 */
public final class Policy {
    private final Set<String> groups;
    private final List<Persona> personas;
    private final Map<String, Integer> ranks;
    private final List<Leaf> leaves;
    private final Map<Leaf, Integer> indices;
    private final List<String> leafKeys;
    private final PersonaRules rules;
    private final List<RuleDocument> customRules;
    private final RuleObserver observer;

    /** Makes one KieBase of the rules of all personas. */
    @FunctionalInterface
    interface Compiler {

        /** @param index the place of each leaf in {@link #leaves()} */
        KieBase compile(List<PersonaRule> rules, ToIntFunction<Leaf> index);
    }

    private Policy(
            Set<String> groups,
            List<Persona> personas,
            List<RuleDocument> customRules,
            RuleObserver observer,
            Compiler compiler) {
        this.groups = Set.copyOf(groups);
        this.personas = List.copyOf(personas);
        this.ranks = IntStream.range(0, personas.size())
                .boxed()
                .collect(Collectors.toUnmodifiableMap(i -> personas.get(i).personaId(), i -> i));
        this.customRules = concerned(customRules);
        this.observer = observer;
        Set<Leaf> distinct = new LinkedHashSet<>();
        personas.forEach(persona -> distinct.addAll(PersonaRule.leaves(persona)));
        this.leaves = List.copyOf(distinct);
        this.leafKeys = leaves.stream()
                .map(leaf -> TriggerWriter.write(leaf).toString())
                .toList();
        this.indices =
                IntStream.range(0, leaves.size()).boxed().collect(Collectors.toUnmodifiableMap(leaves::get, i -> i));
        this.rules = new PersonaRules(compiler.compile(
                IntStream.range(0, personas.size())
                        .mapToObj(
                                rank -> PersonaRule.of(personas.get(rank), rank, personas.size() - rank, indices::get))
                        .toList(),
                indices::get));
    }

    /** The same personas with other custom rules. */
    private Policy(Policy other, List<RuleDocument> customRules) {
        this.groups = other.groups;
        this.personas = other.personas;
        this.ranks = other.ranks;
        this.leaves = other.leaves;
        this.indices = other.indices;
        this.leafKeys = other.leafKeys;
        this.rules = other.rules;
        this.customRules = concerned(customRules);
        this.observer = other.observer;
    }

    /** Compiles what concerns a set of groups; nobody is told how its custom rules fare. */
    public static Policy compile(Set<String> groups, List<Persona> personas, List<RuleDocument> customRules) {
        return compile(groups, personas, customRules, RuleObserver.NOBODY);
    }

    /**
     * Compiles what concerns a set of groups.
     *
     * @param personas those that don't apply are left out
     * @param observer told how its custom rules fare
     */
    public static Policy compile(
            Set<String> groups, List<Persona> personas, List<RuleDocument> customRules, RuleObserver observer) {
        return compile(
                groups,
                personas,
                customRules,
                observer,
                (rules, index) -> Engine.compile(
                        rules.stream().map(PersonaRule::executable).toList()));
    }

    static Policy compile(
            Set<String> groups,
            List<Persona> personas,
            List<RuleDocument> customRules,
            RuleObserver observer,
            Compiler compiler) {
        return new Policy(
                groups,
                personas.stream()
                        .filter(persona -> persona.appliesTo(groups))
                        .sorted(Persona.BY_RANK)
                        .toList(),
                customRules,
                observer,
                compiler);
    }

    /** The policy of the same personas with other custom rules; itself if none of those that concern it is another. */
    Policy with(List<RuleDocument> otherRules) {
        return concerned(otherRules).equals(customRules) ? this : new Policy(this, otherRules);
    }

    private List<RuleDocument> concerned(List<RuleDocument> documents) {
        return documents.stream()
                .filter(document -> document.concerns(ranks.keySet()))
                .toList();
    }

    public Set<String> groups() {
        return groups;
    }

    /** The personas that apply, in order of rank. */
    public List<Persona> personas() {
        return personas;
    }

    public boolean contains(String personaId) {
        return ranks.containsKey(personaId);
    }

    /** 0 for the persona that wins against all others; call only for one that it contains. */
    public int rank(String personaId) {
        return ranks.get(personaId);
    }

    /** The distinct leaves of all triggers of all personas: each is evaluated once. */
    public List<Leaf> leaves() {
        return leaves;
    }

    /** The place of a leaf in {@link #leaves()}; call only for one that is there. */
    public int indexOf(Leaf leaf) {
        return indices.get(leaf);
    }

    /** Canonical text for each leaf: equal leaves have equal keys in every policy. */
    public List<String> leafKeys() {
        return leafKeys;
    }

    /** The personas that hold, given the facts, in order of rank. */
    public List<Persona> holding(InstanceFacts facts) {
        return rules.holding(facts);
    }

    public boolean hasCustomRules() {
        return !customRules.isEmpty();
    }

    /** What the custom rules bring about, in order of document; a rule that fails brings about nothing. */
    public RulePass runCustomRules(RuleFacts facts) {
        RulePass all = RulePass.NOTHING;
        for (RuleDocument document : customRules) {
            RulePass pass = document.run(facts);
            observer.ran(document, facts.instance().id(), facts.at(), pass);
            all = all.and(pass);
        }
        return all;
    }
}
