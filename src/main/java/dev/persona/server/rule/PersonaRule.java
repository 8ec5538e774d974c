package dev.persona.server.rule;

import dev.persona.server.persona.Persona;
import dev.persona.server.trigger.Trigger;
import dev.persona.server.trigger.Trigger.Leaf;
import dev.persona.server.trigger.TriggerText;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.drools.model.DSL;
import org.drools.model.PatternDSL;
import org.drools.model.Rule;
import org.drools.model.Variable;
import org.drools.model.functions.HashedExpression;
import org.drools.model.functions.Predicate1;

/**
 * The one rule that a persona compiles to: whether it holds, given how it stood before.
 *
 * @param rank 0 for the persona that wins against all others
 * @param salience higher fires first; no two rules of one policy have the same
 * @param begins an activation trigger is known to hold
 * @param lapses all activation triggers are known to fail
 * @param ends there are no deactivation triggers, or one is known to hold
 */
record PersonaRule(Persona persona, int rank, int salience, Condition begins, Condition lapses, Condition ends) {

    /** What the text of all rules begins with. */
    static final String HEADER =
            "package " + Engine.RULE_PACKAGE + "\n\nimport " + InstanceFacts.class.getName() + "\n\n";

    static PersonaRule of(Persona persona, int rank, int salience, ToIntFunction<Leaf> index) {
        Trigger activation = new Trigger.Any(persona.activationTriggers());
        Trigger deactivation = new Trigger.Any(persona.deactivationTriggers());
        Condition ends = persona.deactivationTriggers().isEmpty()
                ? new Condition.Every(List.of())
                : Condition.holds(deactivation, index);
        return new PersonaRule(
                persona, rank, salience, Condition.holds(activation, index), Condition.fails(activation, index), ends);
    }

    /** The distinct leaves of a persona's triggers, in order of appearance. */
    static Set<Leaf> leaves(Persona persona) {
        return Stream.concat(persona.activationTriggers().stream(), persona.deactivationTriggers().stream())
                .flatMap(Trigger::leaves)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    boolean holds(InstanceFacts facts) {
        InstanceFacts.Standing standing = facts.standing(rank);
        return standing.active()
                ? !(standing.mayEnd() && !standing.requested() && lapses.test(facts) && ends.test(facts))
                : standing.mayBegin() && (standing.requested() || begins.test(facts));
    }

    /** The rule for Drools' executable model. */
    Rule executable() {
        Variable<InstanceFacts> instance = DSL.declarationOf(InstanceFacts.class, "instance");
        // The expression's id is the identity of its node: two revisions must not share it.
        String expressionId = persona.personaId() + " revision " + persona.revision();
        return PatternDSL.rule(Engine.RULE_PACKAGE, name())
                .attribute(Rule.Attribute.SALIENCE, salience)
                .build(
                        PatternDSL.pattern(instance).expr(expressionId, new Holds(this, expressionId)),
                        DSL.on(instance).execute(facts -> facts.claim(persona)));
    }

    /** A persona's rule as DRL text, as it stands in a policy of its own. */
    static String text(Persona persona) {
        List<Leaf> leaves = List.copyOf(leaves(persona));
        return HEADER + of(persona, 0, 1, leaves::indexOf).drl(leaves::indexOf);
    }

    /** The rule as DRL, with comments, to follow {@link #HEADER}. */
    String drl(ToIntFunction<Leaf> index) {
        String id = '"' + persona.personaId() + '"';
        StringBuilder text = new StringBuilder();
        comment(text, persona.personaName() + ", priority " + persona.priority() + ", revision " + persona.revision());
        if (!persona.description().isEmpty()) {
            comment(text, persona.description());
        }
        comment(text, "");
        comment(text, "A trigger `holds` when it is known to be true and `fails` when it is known to be false;");
        comment(text, "on a metric that is not reported it does neither.");
        for (Leaf leaf : leaves(persona)) {
            comment(text, "  " + InstanceFacts.leafName(index.applyAsInt(leaf)) + ": " + TriggerText.describe(leaf));
        }
        text.append("rule \"").append(name()).append("\"\n");
        text.append("    dialect \"mvel\"\n");
        text.append("    // Rules of higher rank fire first, and the first claim of a parameter wins.\n");
        text.append("    salience ").append(salience).append("\n");
        text.append("when\n");
        text.append("    $instance : InstanceFacts(\n");
        text.append("        // It begins once an activation trigger holds and `cooldown` (")
                .append(persona.cooldown())
                .append(") has passed,\n");
        text.append("        (!active(")
                .append(id)
                .append(") && mayBegin(")
                .append(id)
                .append(")\n");
        text.append("            && (requested(")
                .append(id)
                .append(") || ")
                .append(begins.drl())
                .append("))\n");
        text.append("        // and stays unless all of them fail")
                .append(persona.deactivationTriggers().isEmpty() ? "" : ", a deactivation trigger holds")
                .append(" and `minimum_active` (")
                .append(persona.minimumActive())
                .append(") has passed.\n");
        text.append("        || (active(")
                .append(id)
                .append(") && !(mayEnd(")
                .append(id)
                .append(")\n");
        text.append("            && !requested(")
                .append(id)
                .append(") && ")
                .append(lapses.drl())
                .append(" && ")
                .append(ends.drl())
                .append(")))\n");
        text.append("then\n");
        persona.configurationParameters().forEach((name, value) -> text.append("    // ")
                .append(oneLine(name + " = " + value))
                .append("\n"));
        text.append("    $instance.claim(").append(id).append(");\n");
        text.append("end\n");
        return text.toString();
    }

    private String name() {
        return "Persona `" + persona.personaId() + "` is active";
    }

    private static void comment(StringBuilder text, String comment) {
        text.append(("// " + oneLine(comment)).stripTrailing()).append('\n');
    }

    /** What an author wrote, without line breaks by which it could leave a comment. */
    private static String oneLine(String text) {
        return text.codePoints()
                .map(point -> Character.isISOControl(point) || point == 0x2028 || point == 0x2029 ? ' ' : point)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** The rule's constraint. A hashed expression, so that Drools never looks into its bytecode. */
    private record Holds(PersonaRule rule, String expressionId) implements Predicate1<InstanceFacts>, HashedExpression {
        @Override
        public boolean test(InstanceFacts facts) {
            return rule.holds(facts);
        }

        @Override
        public String getExpressionHash() {
            return expressionId;
        }
    }
}
