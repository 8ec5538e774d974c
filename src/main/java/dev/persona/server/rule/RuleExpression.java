package dev.persona.server.rule;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.server.rule.RuleToken.Kind;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the expressions of one rule by a grammar of its own, and refuses everything else.
 *
 * <pre>
 * constraint  := VARIABLE ":" sum comparison? | choice
 * choice      := both ("||" both)*                 both     := negation ("&&" negation)*
 * negation    := "!"? relation                     relation := sum comparison?
 * comparison  := ("==" | "!=" | "<" | "<=" | ">" | ">=") sum
 *              | "not"? ("contains" | "memberOf") sum | "not"? "in" "(" literal ("," literal)* ")"
 * sum         := product (("+" | "-") product)*    product  := value (("*" | "/" | "%") value)*
 * value       := atom ("." FIELD | "." CALL "(" sum ")")*
 * atom        := literal | VARIABLE | FIELD | CALL "(" sum ")" | "this" | "(" choice ")"
 * literal     := STRING | "-"? NUMBER | "true" | "false"
 * consequence := ("consequences" "." ("activate" | "set") "(" argument ("," argument)* ")" ";")+
 * </pre>
 *
 * <p>It checks types as well, as far as names depend on them. Every name is that of a variable of the rule or comes from the {@link Vocabulary} for the type that it is used on: a
 * name that means something to MVEL only (a class, {@code new}, {@code getClass}) can't be said at all.
 */
final class RuleExpression {
    static final int TOKEN_LIMIT = 200;
    static final int STATEMENT_LIMIT = 20;

    /** Drools turns a negated comparison round by replacing its sign, and not only where it is a sign. */
    private static final List<String> TURNED = List.of("==", "!=", "<", ">");

    private static final Set<String> COMPARISONS = Set.of("<", "<=", ">", ">=");

    private final List<RuleToken> tokens;
    private final Map<String, Class<?>> variables;
    private final Optional<Class<?>> fact;
    private int at;

    /**
     * @param tokens the last is {@link Kind#END}
     * @param variables the type of each variable; constraints that bind one add it
     * @param fact whose fields can be named without a variable
     */
    RuleExpression(List<RuleToken> tokens, Map<String, Class<?>> variables, Optional<Class<?>> fact) {
        this.tokens = tokens;
        this.variables = variables;
        this.fact = fact;
    }

    /** An expression is outside of the grammar. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;
        private final int offset;

        Refused(RuleToken token, String message) {
            super(message, null, false, false);
            this.offset = token.offset();
        }

        int offset() {
            return offset;
        }

        String message() {
            return Objects.requireNonNull(getMessage());
        }
    }

    /** One of the things that can be read. */
    @FunctionalInterface
    interface Reading {
        void read(RuleExpression expression) throws Refused;
    }

    /**
     * Reads an expression just as Drools has it, wherever it took it from, and adds the fault if there is one.
     *
     * @param offset where in the text it begins
     * @return its tokens
     */
    static List<RuleToken> read(
            String expression,
            int offset,
            Map<String, Class<?>> variables,
            Optional<Class<?>> fact,
            Reading reading,
            RuleFaults faults) {
        RuleFaults unread = new RuleFaults(expression);
        List<RuleToken> tokens = RuleLexer.lex(expression, unread).tokens().stream()
                .map(token -> new RuleToken(token.kind(), token.text(), offset + token.offset()))
                .toList();
        unread.list().forEach(fault -> faults.add(offset, fault.message()));
        try {
            reading.read(new RuleExpression(tokens, variables, fact));
        } catch (Refused e) {
            faults.add(e.offset(), e.message());
        }
        return tokens;
    }

    /** Reads one constraint of a pattern. */
    void constraint() throws Refused {
        checkCondition();
        if (next().kind() == Kind.VARIABLE && tokens.get(at + 1).is(":")) {
            RuleToken variable = take();
            take();
            Class<?> type = sum();
            bind(variable, type);
            comparison(type);
            end();
        } else {
            whole(boolean.class, this::choice);
        }
    }

    /** Reads a condition on variables. */
    void condition() throws Refused {
        checkCondition();
        whole(boolean.class, this::choice);
    }

    /** Reads the argument of a function of {@code accumulate}. */
    void argument() throws Refused {
        checkCondition();
        whole(double.class, this::sum);
    }

    /** Reads what a rule brings about, and takes note of the names in it. */
    void consequence(RuleOutline outline) throws Refused {
        for (int statements = 0; statements == 0 || next().kind() != Kind.END; statements++) {
            if (statements == STATEMENT_LIMIT) {
                throw new Refused(
                        next(), "a rule brings about at most " + STATEMENT_LIMIT + " things; make two rules of it");
            }
            statement(outline);
        }
    }

    private void statement(RuleOutline outline) throws Refused {
        int start = at;
        RuleToken first = next();
        if (!first.is(RuleDocument.GLOBAL)) {
            throw new Refused(
                    first,
                    first.shown() + " can't be used here; a rule can only call `consequences.activate("
                            + "persona, reason);` and `consequences.set(parameter, value, priority, reason);`");
        }
        take();
        expect(".");
        RuleToken call = take();
        expect("(");
        if (call.is("activate")) {
            RuleToken persona = next();
            require(String.class, persona, sum());
            if (persona.kind() == Kind.STRING && tokens.get(at - 1) == persona) {
                outline.persona(new RuleOutline.Mention(persona.offset(), persona.string(), Optional.empty()));
            }
        } else if (call.is("set")) {
            RuleToken parameter = take();
            if (parameter.kind() != Kind.STRING) {
                throw new Refused(parameter, "a parameter is set by its name; write it in double quotes");
            }
            expect(",");
            int valueAt = at;
            RuleToken value = next();
            Class<?> type = sum();
            outline.parameter(new RuleOutline.Mention(
                    parameter.offset(), parameter.string(), constant(tokens.subList(valueAt, at))));
            if (type != boolean.class && type != double.class && type != String.class) {
                throw new Refused(
                        value,
                        "a parameter can't be set to " + Vocabulary.shown(type)
                                + "; give text, a number or a truth value");
            }
            expect(",");
            priority();
        } else {
            throw new Refused(call, call.shown() + " isn't a consequence; there are `activate` and `set`");
        }
        expect(",");
        require(String.class, next(), sum());
        expect(")");
        expect(";");
        if (at - start > TOKEN_LIMIT) {
            throw tooLong(first);
        }
    }

    /** The value of a text, number or truth value that is written out. */
    private static Optional<JsonNode> constant(List<RuleToken> expression) {
        boolean negative = expression.size() == 2 && expression.get(0).is("-");
        if (expression.size() != 1 && !negative) {
            return Optional.empty();
        }
        RuleToken token = expression.get(expression.size() - 1);
        return switch (token.kind()) {
            case STRING -> Optional.of(Consequences.json(token.string()));
            case NUMBER -> Optional.of(Consequences.json(Double.valueOf((negative ? "-" : "") + token.text())));
            case WORD -> Optional.of(Consequences.json(token.is("true")));
            default -> Optional.empty();
        };
    }

    private void priority() throws Refused {
        RuleToken first = next();
        String sign = next().is("-") ? take().text() : "";
        RuleToken number = take();
        try {
            Integer.parseInt(sign + number.text());
        } catch (NumberFormatException e) {
            throw new Refused(first, first.shown() + " isn't a priority; write an integer of 32 bits");
        }
    }

    private Class<?> choice() throws Refused {
        return chain(Set.of("||"), () -> chain(Set.of("&&"), this::negation));
    }

    private Class<?> chain(Set<String> signs, Part part) throws Refused {
        RuleToken first = next();
        Class<?> type = part.read();
        while (signs.contains(next().text())) {
            require(boolean.class, first, type);
            take();
            RuleToken following = next();
            require(boolean.class, following, part.read());
        }
        return type;
    }

    private Class<?> negation() throws Refused {
        if (!next().is("!")) {
            return relation();
        }
        take();
        require(boolean.class, next(), relation());
        return boolean.class;
    }

    private Class<?> relation() throws Refused {
        Class<?> type = sum();
        return comparison(type) ? boolean.class : type;
    }

    /** Whether there is a comparison of the value before it. */
    private boolean comparison(Class<?> left) throws Refused {
        RuleToken operator = next();
        if (operator.is("==") || operator.is("!=")) {
            take();
            if (left == Set.class) {
                throw new Refused(operator, operator.shown() + " can't compare sets of texts; use `contains`");
            }
            require(left, next(), sum());
        } else if (COMPARISONS.contains(operator.text())) {
            take();
            if (left != double.class && left != Instant.class) {
                throw new Refused(
                        operator,
                        operator.shown() + " can't compare " + Vocabulary.shown(left)
                                + "; it compares numbers and instants");
            }
            require(left, next(), sum());
        } else if (operator.is("not") || operator.is("in") || operator.is("contains") || operator.is("memberOf")) {
            if (operator.is("not")) {
                take();
            }
            membership(left);
        } else {
            return false;
        }
        return true;
    }

    private void membership(Class<?> left) throws Refused {
        RuleToken operator = take();
        RuleToken first = next();
        if (operator.is("in")) {
            expect("(");
            do {
                RuleToken element = next();
                require(
                        left,
                        element,
                        literal()
                                .orElseThrow(() -> new Refused(
                                        element,
                                        element.shown()
                                                + " can't be used here; `in` takes texts or numbers as they are")));
            } while (takeIf(","));
            expect(")");
        } else if (operator.is("contains") && (left == String.class || left == Set.class)) {
            require(String.class, first, sum());
        } else if (operator.is("memberOf") && left == String.class) {
            require(Set.class, first, sum());
        } else {
            throw new Refused(
                    operator,
                    operator.shown() + " can't be used on " + Vocabulary.shown(left)
                            + "; there are `contains`, `memberOf` and `in` for texts and sets of texts");
        }
    }

    private Class<?> sum() throws Refused {
        RuleToken first = next();
        Class<?> type = product();
        while (next().is("+") || next().is("-")) {
            RuleToken operator = take();
            RuleToken following = next();
            Class<?> right = product();
            if (operator.is("+") && (type == String.class || right == String.class)) {
                type = String.class;
            } else {
                require(double.class, first, type);
                require(double.class, following, right);
            }
        }
        return type;
    }

    private Class<?> product() throws Refused {
        RuleToken first = next();
        Class<?> type = value();
        while (next().is("*") || next().is("/") || next().is("%")) {
            require(double.class, first, type);
            take();
            RuleToken following = next();
            require(double.class, following, value());
        }
        return type;
    }

    private Class<?> value() throws Refused {
        Class<?> type = atom();
        while (takeIf(".")) {
            type = member(type);
        }
        return type;
    }

    private Class<?> atom() throws Refused {
        Optional<Class<?>> literal = literal();
        if (literal.isPresent()) {
            return literal.get();
        }
        RuleToken token = next();
        if (token.kind() == Kind.VARIABLE) {
            take();
            Class<?> type = variables.get(token.text());
            if (type == null) {
                throw new Refused(
                        token,
                        token.shown() + " isn't a variable of this rule; bind it before, as in `" + token.text()
                                + " : value`");
            }
            return type;
        }
        if (takeIf("(")) {
            Class<?> type = choice();
            expect(")");
            return type;
        }
        if (fact.isPresent() && takeIf("this")) {
            return fact.get();
        }
        if (fact.isPresent() && token.kind() == Kind.WORD) {
            return member(fact.get());
        }
        throw new Refused(
                token,
                token.shown() + " can't be used here; there are variables, numbers, texts in double "
                        + "quotes and, in a pattern, the fact's fields");
    }

    private Class<?> member(Class<?> type) throws Refused {
        RuleToken name = take();
        if (next().is("(")) {
            Vocabulary.Call call = Vocabulary.calls(type).get(name.text());
            if (call == null) {
                throw new Refused(
                        name,
                        name.shown() + " can't be called on " + Vocabulary.shown(type)
                                + choice(Vocabulary.calls(type).keySet()));
            }
            take();
            RuleToken argument = next();
            require(call.argument(), argument, sum());
            if (call.pointer()
                    && argument.kind() == Kind.STRING
                    && !argument.text().startsWith("\"/")) {
                throw new Refused(argument, argument.shown() + " isn't a JSON pointer; begin it with `/`");
            }
            expect(")");
            return call.result();
        }
        Class<?> field = Vocabulary.fields(type).get(name.text());
        if (field == null) {
            throw new Refused(
                    name,
                    name.shown() + " isn't a field of " + Vocabulary.shown(type)
                            + choice(Vocabulary.fields(type).keySet()));
        }
        return field;
    }

    private Optional<Class<?>> literal() throws Refused {
        RuleToken token = next();
        if (token.is("-") && tokens.get(at + 1).kind() == Kind.NUMBER) {
            take();
        }
        return switch (next().kind()) {
            case STRING -> {
                take();
                yield Optional.of(String.class);
            }
            case NUMBER -> {
                take();
                yield Optional.of(double.class);
            }
            case WORD -> takeIf("true") || takeIf("false") ? Optional.of(boolean.class) : Optional.empty();
            default -> Optional.empty();
        };
    }

    private void bind(RuleToken variable, Class<?> type) throws Refused {
        Class<?> before = variables.putIfAbsent(variable.text(), type);
        if (before != null && before != type) {
            throw new Refused(
                    variable,
                    variable.shown() + " is bound to " + Vocabulary.shown(before) + " before; use " + "another name");
        }
    }

    private static void require(Class<?> wanted, RuleToken token, Class<?> found) throws Refused {
        if (wanted != found) {
            throw new Refused(
                    token,
                    token.shown() + " begins " + Vocabulary.shown(found) + " where " + Vocabulary.shown(wanted)
                            + " belongs; compare and call what the fields' types allow");
        }
    }

    private static String choice(Set<String> names) {
        return names.isEmpty() ? "; remove it" : "; there are " + Vocabulary.named(names);
    }

    private void checkCondition() throws Refused {
        for (RuleToken token : tokens) {
            if (token.kind() == Kind.STRING && TURNED.stream().anyMatch(token.text()::contains)) {
                throw new Refused(
                        token,
                        token.shown() + " can't be used in a condition; text has no `<`, `>`, `==` and `!=` there");
            }
        }
        if (tokens.size() > TOKEN_LIMIT) {
            throw tooLong(tokens.get(0));
        }
    }

    private static Refused tooLong(RuleToken first) {
        return new Refused(
                first,
                first.shown() + " begins an expression that is too long; use at most " + TOKEN_LIMIT
                        + " words and signs");
    }

    private void whole(Class<?> type, Part part) throws Refused {
        RuleToken first = next();
        Class<?> found = part.read();
        end();
        require(type, first, found);
    }

    private void end() throws Refused {
        if (next().kind() != Kind.END) {
            throw new Refused(
                    next(),
                    next().shown() + " can't follow here; a value is compared by `==`, `!=`, `<`, `<=`, `>`, `>=`, "
                            + "`contains`, `memberOf` or `in`, and comparisons are joined by `&&` and `||`");
        }
    }

    private void expect(String sign) throws Refused {
        if (!takeIf(sign)) {
            throw new Refused(next(), next().shown() + " can't follow here; write `" + sign + "`");
        }
    }

    private boolean takeIf(String written) {
        boolean is = next().is(written);
        if (is) {
            take();
        }
        return is;
    }

    private RuleToken next() {
        return tokens.get(at);
    }

    /** The last token is never passed. */
    private RuleToken take() {
        return tokens.get(at < tokens.size() - 1 ? at++ : at);
    }

    @FunctionalInterface
    private interface Part {
        Class<?> read() throws Refused;
    }
}
