package dev.persona.server.rule;

import dev.persona.server.rule.RuleToken.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.drools.drl.ast.descr.AccumulateDescr;
import org.drools.drl.ast.descr.AccumulateDescr.AccumulateFunctionCallDescr;
import org.drools.drl.ast.descr.AndDescr;
import org.drools.drl.ast.descr.AnnotatedBaseDescr;
import org.drools.drl.ast.descr.BaseDescr;
import org.drools.drl.ast.descr.ConditionalElementDescr;
import org.drools.drl.ast.descr.EvalDescr;
import org.drools.drl.ast.descr.ExistsDescr;
import org.drools.drl.ast.descr.ExprConstraintDescr;
import org.drools.drl.ast.descr.ForallDescr;
import org.drools.drl.ast.descr.NotDescr;
import org.drools.drl.ast.descr.OrDescr;
import org.drools.drl.ast.descr.PatternDescr;

/**
 * Walks what follows {@code when} in one parsed rule and adds a fault for every part that custom rules may not have.
 *
 * <p>Bounds keep matching affordable. A pattern that no key narrows is <i>open</i>: n facts of its type give n matches.
 * Open patterns one after the other multiply their matches; {@code not}, {@code exists}, {@code forall} and
 * {@code accumulate} look through theirs, but hand on one match or none.
 */
final class RuleConditions {
    static final int PATTERN_LIMIT = 12;
    static final int OPEN_LIMIT = 2;
    static final int BRANCH_LIMIT = 16;

    private final String text;
    private final int ruleStart;
    private final Set<String> imports;
    private final RuleFaults faults;
    private final RuleOutline outline;
    private final Map<String, Class<?>> variables = new HashMap<>();
    private long branches = 1;
    private int patterns;
    private int open;
    private int mostOpen;

    /**
     * @param text what was parsed
     * @param ruleStart where in it the rule begins
     * @param outline takes note of the patterns
     */
    RuleConditions(String text, int ruleStart, Set<String> imports, RuleFaults faults, RuleOutline outline) {
        this.text = text;
        this.ruleStart = ruleStart;
        this.imports = Set.copyOf(imports);
        this.faults = faults;
        this.outline = outline;
    }

    /** The type of each variable. */
    Map<String, Class<?>> variables() {
        return variables;
    }

    /** Adds the faults of all conditions, and learns the variables that the consequence sees. */
    void check(AndDescr conditions) {
        branches = branches(conditions);
        if (branches > BRANCH_LIMIT) {
            faults.add(
                    ruleStart,
                    "`or` makes " + branches + " rules of this one; use at most " + BRANCH_LIMIT
                            + ", or `||` in patterns");
            return;
        }
        walk(conditions, variables, ruleStart);
        if (patterns > PATTERN_LIMIT) {
            faults.add(ruleStart, "the rule has " + patterns + " patterns; use at most " + PATTERN_LIMIT);
        }
        if (mostOpen > OPEN_LIMIT) {
            faults.add(
                    ruleStart,
                    "the rule tries every combination of " + mostOpen
                            + " patterns that match any number of facts; narrow " + "all but " + OPEN_LIMIT
                            + " by their key, as in `name == \"system.cpu.utilization\"`");
        }
    }

    /** How many rules Drools makes of a condition by drawing `or` to its top. */
    private static long branches(BaseDescr descr) {
        if (descr instanceof PatternDescr pattern) {
            return pattern.getSource() instanceof AccumulateDescr accumulate ? branches(accumulate.getInput()) : 1;
        }
        if (!(descr instanceof ConditionalElementDescr)) {
            return 1;
        }
        boolean or = descr instanceof OrDescr;
        long branches = or ? 0 : 1;
        for (BaseDescr part : parts(descr)) {
            long more = branches(part);
            branches = Math.min(or ? branches + more : branches * more, 1_000_000);
        }
        return branches;
    }

    private void walk(BaseDescr descr, Map<String, Class<?>> variables, int parentStart) {
        int start = after(descr, parentStart);
        if (descr instanceof AnnotatedBaseDescr annotated
                && !annotated.getAnnotations().isEmpty()) {
            faults.add(start, "an annotation can't be used on conditions; remove it");
        }
        Class<?> kind = descr.getClass();
        if (kind == AndDescr.class) {
            parts(descr).forEach(part -> walk(part, variables, start));
        } else if (kind == OrDescr.class) {
            walkBranches(parts(descr), variables, start);
        } else if (kind == NotDescr.class || kind == ExistsDescr.class || kind == ForallDescr.class) {
            walkInside(parts(descr), new HashMap<>(variables), start);
        } else if (kind == EvalDescr.class && ((EvalDescr) descr).getContent() instanceof String condition) {
            List<RuleToken> read = read(
                    condition, text.indexOf(condition, start), variables, Optional.empty(), RuleExpression::condition);
            outline.work(read.size(), open, branches);
        } else if (kind == PatternDescr.class) {
            checkPattern((PatternDescr) descr, variables, start);
        } else {
            faults.add(
                    start,
                    "this condition can't be used; there are patterns of facts, `and`, `or`, `not`, `exists`, `forall`, "
                            + "`accumulate` and `eval`");
        }
    }

    private void walkBranches(List<BaseDescr> branches, Map<String, Class<?>> variables, int start) {
        int before = open;
        int after = open;
        for (BaseDescr branch : branches) {
            open = before;
            walk(branch, variables, start);
            after = Math.max(after, open);
        }
        open = after;
    }

    /** Answers how many patterns that no key narrows there are in a row, with those inside. */
    private int walkInside(List<BaseDescr> parts, Map<String, Class<?>> inner, int start) {
        int before = open;
        parts.forEach(part -> walk(part, inner, start));
        int inside = open;
        open = before;
        return inside;
    }

    private static List<BaseDescr> parts(BaseDescr group) {
        return ((ConditionalElementDescr) group)
                .getDescrs().stream().map(BaseDescr.class::cast).toList();
    }

    private void checkPattern(PatternDescr pattern, Map<String, Class<?>> variables, int start) {
        if (pattern.isQuery()
                || pattern.isUnification()
                || !pattern.getBehaviors().isEmpty()) {
            faults.add(start, "`?`, `:=` and `over window` can't be used; write a plain pattern");
        }
        if (pattern.getSource() != null) {
            checkSource(pattern, variables, start);
            return;
        }
        String type = String.valueOf(pattern.getObjectType());
        Optional<Class<?>> fact = Vocabulary.fact(type);
        if (fact.isEmpty() || !pattern.getGenericType().getRawType().equals(type)) {
            faults.add(
                    start, RuleToken.shown(type) + " isn't a fact; there are " + Vocabulary.named(Vocabulary.facts()));
            return;
        }
        if (!imports.contains(fact.get().getName())) {
            faults.add(start, RuleToken.shown(type) + " isn't imported; write `import " + Vocabulary.PACKAGE + ".*`");
        }
        Set<String> known = Set.copyOf(variables.keySet());
        if (pattern.getIdentifier() != null) {
            bind(pattern.getIdentifier(), fact.get(), variables, start);
        }
        patterns++;
        boolean any = !Vocabulary.isSingle(fact.get());
        int tokens = 0;
        for (BaseDescr constraint : pattern.getDescrs()) {
            List<RuleToken> read = checkConstraint(constraint, variables, fact, start, RuleExpression::constraint);
            tokens += read.size();
            any &= !narrows(read, Vocabulary.key(fact.get()), known);
        }
        open += any ? 1 : 0;
        mostOpen = Math.max(mostOpen, open);
        outline.fact(fact.get());
        outline.work(tokens, open, branches);
    }

    /** Whether a constraint leaves few facts: its key is equal to a text, or to what an earlier pattern has bound. */
    private static boolean narrows(List<RuleToken> constraint, Optional<String> key, Set<String> known) {
        return constraint.size() >= 4
                && (constraint.get(0).is("this")
                        || key.filter(constraint.get(0)::is).isPresent())
                && constraint.get(1).is("==")
                && (constraint.get(2).kind() == Kind.STRING
                        || known.contains(constraint.get(2).text()))
                && (constraint.get(3).kind() == Kind.END || constraint.get(3).is("&&"))
                && constraint.stream().noneMatch(token -> token.is("||"));
    }

    private void checkSource(PatternDescr pattern, Map<String, Class<?>> variables, int start) {
        // Drools puts the type `Object` where the text has `accumulate(…)` alone.
        if (pattern.getSource().getClass() != AccumulateDescr.class
                || pattern.getIdentifier() != null
                || !"Object".equals(pattern.getObjectType())) {
            faults.add(start, "`from` can't be used; there is `accumulate(…; $count : count($value); $count > 1)`");
            return;
        }
        AccumulateDescr accumulate = (AccumulateDescr) pattern.getSource();
        Map<String, Class<?>> inner = new HashMap<>(variables);
        int inside = walkInside(List.of(accumulate.getInput()), inner, start);
        if (!accumulate.isExternalFunction()
                || accumulate.getInitCode() != null
                || accumulate.getActionCode() != null
                || accumulate.getReverseCode() != null
                || accumulate.getResultCode() != null) {
            faults.add(
                    start,
                    "`accumulate` has code of its own; use its functions " + Vocabulary.named(Vocabulary.FUNCTIONS));
        }
        for (AccumulateFunctionCallDescr function : accumulate.getFunctions()) {
            checkFunction(function, inner, variables, inside, start);
        }
        for (BaseDescr constraint : pattern.getDescrs()) {
            List<RuleToken> read =
                    checkConstraint(constraint, variables, Optional.empty(), start, RuleExpression::condition);
            outline.work(read.size(), open, branches);
        }
    }

    private void checkFunction(
            AccumulateFunctionCallDescr function,
            Map<String, Class<?>> inner,
            Map<String, Class<?>> variables,
            int inside,
            int start) {
        if (!Vocabulary.FUNCTIONS.contains(function.getFunction()) || function.isUnification()) {
            faults.add(
                    start,
                    "`" + function.getFunction() + "` isn't a function of `accumulate`; there are "
                            + Vocabulary.named(Vocabulary.FUNCTIONS));
        }
        if (function.getParams().length != 1 || function.getBind() == null) {
            faults.add(
                    start,
                    "`" + function.getFunction() + "` takes one number and gives one, as in `$sum : sum($value)`");
            return;
        }
        String argument = function.getParams()[0];
        List<RuleToken> read =
                read(argument, text.indexOf(argument, start), inner, Optional.empty(), RuleExpression::argument);
        outline.work(read.size(), inside, branches);
        bind(function.getBind(), double.class, variables, start);
    }

    private void bind(String variable, Class<?> type, Map<String, Class<?>> variables, int start) {
        if (!variable.startsWith("$")) {
            faults.add(start, "`" + variable + "` can't be a variable; begin its name with `$`");
        } else if (variables.getOrDefault(variable, type) != type) {
            faults.add(start, "`" + variable + "` is bound before; use another name");
        } else {
            variables.put(variable, type);
        }
    }

    private List<RuleToken> checkConstraint(
            BaseDescr constraint,
            Map<String, Class<?>> variables,
            Optional<Class<?>> fact,
            int start,
            RuleExpression.Reading reading) {
        if (constraint.getClass() != ExprConstraintDescr.class
                || ((ExprConstraintDescr) constraint).getType() != ExprConstraintDescr.Type.NAMED) {
            faults.add(after(constraint, start), "a positional constraint can't be used; name the field");
            return List.of();
        }
        String expression = ((ExprConstraintDescr) constraint).getExpression();
        return read(expression, after(constraint, start), variables, fact, reading);
    }

    private List<RuleToken> read(
            String expression,
            int start,
            Map<String, Class<?>> variables,
            Optional<Class<?>> fact,
            RuleExpression.Reading reading) {
        return RuleExpression.read(expression, Math.max(ruleStart, start), variables, fact, reading, faults);
    }

    private static int after(BaseDescr descr, int start) {
        return Math.max(start, descr.getStartCharacter());
    }
}
