package dev.persona.server.rule;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.drools.drl.ast.descr.PackageDescr;
import org.drools.drl.parser.DrlParser;
import org.drools.drl.parser.DroolsError;
import org.drools.drl.parser.DroolsParserException;
import org.drools.drl.parser.ParserError;

/**
 * The judgement on the text of custom rules: may it be compiled, or what in it may not be.
 *
 * <p>To compile a rule is to let its author run code in this server, so this is a border of security: nothing is looked
 * for that is bad, only what is known to be harmless goes through. A text passes if all five of these hold:
 *
 * <ol>
 *   <li>it consists of the tokens that {@link RuleLexer} knows, within bounds on size and nesting;
 *   <li>Drools' own parser reads it;
 *   <li>all of the tree that comes out, node by node, is what {@link RuleTree} permits, and each expression in it what
 *       {@link RuleExpression} can read;
 *   <li>every parameter that it sets is one of the catalogue, and takes the value if that is written out;
 *   <li>every word in it outside of strings is one of the language or of the {@link Vocabulary}.
 * </ol>
 *
 * <p>The last follows from the third as long as the walk leaves nothing out; it is there because the tree is
 * another project's. The tree that was walked is the one to compile: there is no second parse that could differ.
 */
sealed interface RuleReview {
    int SIZE_LIMIT = 64 * 1024;

    /** The words that are neither facts nor fields nor calls. */
    Set<String> LANGUAGE = Stream.of(
                    "package dev persona rules server rule import global Consequences consequences",
                    "dialect salience no loop enabled true false when then end and or not exists forall eval",
                    "accumulate acc in contains memberOf this activate set",
                    String.join(" ", Vocabulary.FUNCTIONS))
            .flatMap(words -> Stream.of(words.split(" ")))
            .collect(Collectors.toUnmodifiableSet());

    /** Rules that may be compiled, once. */
    final class Permitted implements RuleReview {
        private final PackageDescr tree;
        private final RuleOutline outline;

        private Permitted(PackageDescr tree, RuleOutline outline) {
            this.tree = tree;
            this.outline = outline;
        }

        /** What there is in them. */
        RuleOutline outline() {
            return outline;
        }

        /** What to compile, in place of the text. */
        PackageDescr tree() {
            return tree;
        }
    }

    /**
     * Rules that may not be compiled.
     *
     * @param faults at least one, in order of the text
     */
    record Refused(List<RuleFault> faults) implements RuleReview {
        public Refused {
            faults = List.copyOf(faults);
        }
    }

    /** Judges a text; never throws. */
    static RuleReview of(String drl) {
        if (drl.getBytes(StandardCharsets.UTF_8).length > SIZE_LIMIT) {
            RuleFaults faults = new RuleFaults("");
            faults.add(0, "the text is too long; use at most " + SIZE_LIMIT / 1024 + " KiB and split it");
            return new Refused(faults.list());
        }
        RuleFaults faults = new RuleFaults(drl);
        RuleLexer.Lexed lexed = RuleLexer.lex(drl, faults);
        nameRules(lexed.tokens(), faults);
        if (!faults.isEmpty()) {
            return new Refused(faults.list());
        }
        PackageDescr tree = parse(lexed.plain(), faults);
        RuleOutline outline = new RuleOutline(faults);
        if (faults.isEmpty()) {
            new RuleTree(lexed.plain(), lexed.tokens(), faults, outline).check(tree);
            outline.checkParameters();
        }
        if (faults.isEmpty()) {
            checkWords(lexed.tokens(), faults);
        }
        return faults.isEmpty() ? new Permitted(tree, outline) : new Refused(faults.list());
    }

    private static void nameRules(List<RuleToken> tokens, RuleFaults faults) {
        for (int i = 1; i < tokens.size(); i++) {
            if (tokens.get(i - 1).is("rule") && tokens.get(i).kind() == RuleToken.Kind.STRING) {
                faults.ruleAt(tokens.get(i - 1).offset(), tokens.get(i).string());
            }
        }
    }

    private static PackageDescr parse(String text, RuleFaults faults) {
        DrlParser parser = new DrlParser();
        PackageDescr tree = null;
        try {
            tree = parser.parse(false, text);
        } catch (DroolsParserException | RuntimeException | StackOverflowError e) {
            faults.add(0, "the text can't be parsed (`" + e.getClass().getSimpleName() + "`); simplify it");
        }
        for (DroolsError error : parser.getErrors()) {
            int column = error instanceof ParserError parserError ? parserError.getCol() : 0;
            int line = error.getLines().length == 0 ? 0 : error.getLines()[0];
            String message = error.getMessage().replaceFirst("^\\[ERR \\d+] (Line \\S+ )?", "");
            faults.add(
                    faults.offset(line, column),
                    "the text isn't a rule from here on (" + message + "); see `docs/custom-rules.md`");
        }
        if (faults.isEmpty() && (tree == null || tree.getRules().isEmpty())) {
            faults.add(0, "the text has no rules; write at least one");
        }
        return tree == null ? new PackageDescr() : tree;
    }

    private static void checkWords(List<RuleToken> tokens, RuleFaults faults) {
        Set<String> words = Vocabulary.words();
        tokens.stream()
                .filter(token -> token.kind() == RuleToken.Kind.WORD)
                .filter(token -> !LANGUAGE.contains(token.text()) && !words.contains(token.text()))
                .forEach(token -> faults.add(token.offset(), token.shown() + " means nothing in rules; remove it"));
    }
}
