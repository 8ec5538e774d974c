package dev.persona.server.rule;

import dev.persona.server.rule.RuleToken.Kind;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.drools.drl.ast.descr.AnnotationDescr;
import org.drools.drl.ast.descr.AttributeDescr;
import org.drools.drl.ast.descr.BaseDescr;
import org.drools.drl.ast.descr.GlobalDescr;
import org.drools.drl.ast.descr.ImportDescr;
import org.drools.drl.ast.descr.PackageDescr;
import org.drools.drl.ast.descr.RuleDescr;

/**
 * Walks the whole tree of parsed rules and adds a fault for every part that custom rules may not have; what follows
 * {@code when} it leaves to {@link RuleConditions}.
 */
final class RuleTree {
    static final int RULE_LIMIT = 50;
    static final int SALIENCE_LIMIT = 1_000;

    private final String text;
    private final List<RuleToken> tokens;
    private final RuleFaults faults;
    private final RuleOutline outline;
    private final Set<String> imports = new HashSet<>();
    private int ruleStart;

    /**
     * @param text what was parsed
     * @param outline takes note of what is found
     */
    RuleTree(String text, List<RuleToken> tokens, RuleFaults faults, RuleOutline outline) {
        this.text = text;
        this.tokens = tokens;
        this.faults = faults;
        this.outline = outline;
    }

    void check(PackageDescr tree) {
        if (!tree.getName().isEmpty() && !tree.getName().equals(Engine.RULE_PACKAGE)) {
            faults.add(
                    offset("package"),
                    RuleToken.shown("package " + tree.getName()) + " can't be used; write `package "
                            + Engine.RULE_PACKAGE + "`");
        }
        tree.getImports().forEach(this::checkImport);
        tree.getGlobals().forEach(this::checkGlobal);
        tree.getAttributes().forEach(this::checkAttribute);
        refuse(tree.getFunctionImports(), "`import function` and `import static`");
        refuse(tree.getAccumulateImports(), "`import accumulate`");
        refuse(tree.getFunctions(), "`function`");
        refuse(tree.getTypeDeclarations(), "`declare`");
        refuse(tree.getEnumDeclarations(), "`declare enum`");
        refuse(tree.getEntryPointDeclarations(), "`declare entry-point`");
        refuse(tree.getWindowDeclarations(), "`declare window`");
        if (tree.getUnit() != null) {
            faults.add(offset("unit"), "`unit` can't be used; a text has imports, globals and rules only");
        }
        if (tree.getRules().size() > RULE_LIMIT) {
            faults.add(
                    tree.getRules().get(RULE_LIMIT).getStartCharacter(),
                    "there are too many rules; write at most " + RULE_LIMIT + " into one text");
        }
        tree.getRules().forEach(this::checkRule);
    }

    private void checkImport(ImportDescr imported) {
        String target = imported.getTarget();
        if (target.equals(Vocabulary.PACKAGE + ".*")) {
            imports.addAll(Vocabulary.classes());
        } else if (Vocabulary.classes().contains(target)) {
            imports.add(target);
        } else {
            faults.add(
                    imported.getStartCharacter(),
                    RuleToken.shown(target) + " can't be imported; there is `import " + Vocabulary.PACKAGE + ".*`");
        }
    }

    private void checkGlobal(GlobalDescr global) {
        String type = Consequences.class.getName();
        boolean named = global.getType().equals(type)
                || (global.getType().equals(Consequences.class.getSimpleName()) && imports.contains(type));
        if (!named || !global.getIdentifier().equals(RuleDocument.GLOBAL)) {
            faults.add(
                    global.getStartCharacter(),
                    RuleToken.shown("global " + global.getType() + " " + global.getIdentifier())
                            + " can't be used; there is `global " + type + " " + RuleDocument.GLOBAL + "`");
        }
    }

    private void checkAttribute(AttributeDescr attribute) {
        String value = String.valueOf(attribute.getValue());
        boolean permitted =
                switch (attribute.getName()) {
                    case "dialect" -> value.equals("mvel");
                    case "no-loop", "enabled" -> value.equals("true") || value.equals("false");
                    case "salience" ->
                        value.matches("-?[0-9]{1,4}") && Math.abs(Integer.parseInt(value)) <= SALIENCE_LIMIT;
                    default -> false;
                };
        if (!permitted) {
            faults.add(
                    attribute.getStartCharacter(),
                    RuleToken.shown(attribute.getName() + " " + value)
                            + " can't be used; there are `dialect \"mvel\"`, "
                            + "`salience` with a number from -" + SALIENCE_LIMIT + " to " + SALIENCE_LIMIT
                            + ", `no-loop` and `enabled` with `true` or `false`");
        }
    }

    private void refuse(Collection<? extends BaseDescr> parts, String name) {
        parts.forEach(part -> faults.add(
                part.getStartCharacter(), name + " can't be used; a text has imports, globals and rules only"));
    }

    private void checkRule(RuleDescr rule) {
        ruleStart = Math.max(0, rule.getStartCharacter());
        if (rule.getClass() != RuleDescr.class) {
            faults.add(ruleStart, "`query` can't be used; write a rule");
            return;
        }
        if (tokenAfter(ruleStart, 1).kind() != Kind.STRING) {
            faults.add(
                    ruleStart,
                    RuleToken.shown("rule " + rule.getName()) + " has a bare name; write it in double quotes");
        }
        if (rule.getParentName() != null) {
            faults.add(ruleStart, "`extends` can't be used; repeat the conditions");
        }
        if (rule.hasErrors()) {
            faults.add(ruleStart, "an attribute is given twice; remove one");
        }
        if (rule.getDialect() == null) {
            faults.add(
                    ruleStart,
                    RuleToken.shown("rule \"" + rule.getName() + "\"") + " has no dialect; write `dialect \"mvel\"`");
        }
        rule.getAttributes().values().forEach(this::checkAttribute);
        rule.getAnnotations().forEach(this::checkAnnotation);
        RuleConditions conditions = new RuleConditions(text, ruleStart, imports, faults, outline);
        conditions.check(rule.getLhs());
        if (!rule.getNamedConsequences().isEmpty()) {
            faults.add(ruleStart, "a named consequence can't be used; write another rule");
        }
        if (rule.getConsequence() instanceof String consequence) {
            int then = faults.offset(rule.getConsequenceLine(), rule.getConsequencePattern());
            RuleExpression.read(
                    consequence,
                    Math.max(ruleStart, text.indexOf(consequence, then)),
                    conditions.variables(),
                    Optional.empty(),
                    expression -> expression.consequence(outline),
                    faults);
        } else {
            faults.add(ruleStart, "the rule has no consequence; write one after `then`");
        }
    }

    private void checkAnnotation(AnnotationDescr annotation) {
        boolean permitted = annotation.getName().equals("persona")
                && annotation.getValueMap().size() == 1
                && annotation.getValue() instanceof String value
                && value.matches("\"?[a-z0-9._-]{1,64}\"?");
        if (!permitted) {
            faults.add(
                    annotationStart(annotation.getName()),
                    RuleToken.shown("@" + annotation.getName())
                            + " can't be used so; there is `@persona(\"id\")`, once");
        }
    }

    private int offset(String word) {
        return tokens.stream()
                .filter(token -> token.is(word))
                .findFirst()
                .map(RuleToken::offset)
                .orElse(0);
    }

    /** Drools doesn't say where an annotation is. */
    private int annotationStart(String name) {
        for (int i = 1; i < tokens.size(); i++) {
            int start = tokens.get(i - 1).offset();
            if (start >= ruleStart
                    && tokens.get(i - 1).is("@")
                    && name.startsWith(tokens.get(i).text())) {
                return start;
            }
        }
        return ruleStart;
    }

    private RuleToken tokenAfter(int offset, int count) {
        return tokens.stream()
                .filter(token -> token.offset() >= offset)
                .skip(count)
                .findFirst()
                .orElse(tokens.get(tokens.size() - 1));
    }
}
