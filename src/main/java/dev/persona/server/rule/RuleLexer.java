package dev.persona.server.rule;

import dev.persona.server.rule.RuleToken.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes the text of rules apart into tokens, and refuses every character that no permitted rule needs.
 *
 * <p>Drools and MVEL read the same text with lexers of their own, and rewrite it on the way, partly by plain search and
 * replace. What they could take otherwise than we do isn't let through at all: comments are blanked, strings have no
 * escapes, there is no second kind of quotes, no braces, no square brackets, no {@code =}, {@code #} or {@code ?}.
 */
final class RuleLexer {
    // Drools' parser backtracks, and calls itself for each level: what is bounded here would keep it busy for minutes.
    static final int DEPTH_LIMIT = 8;
    static final int SIGN_RUN_LIMIT = 16;
    static final int PATH_LIMIT = 8;

    static final int NAME_LIMIT = 64;
    static final int STRING_LIMIT = 500;

    /**
     * What Drools takes for its own even inside of a string. It rewrites {@code @Modify with} and {@code drools.update(} by
     * searching the text of a consequence, so that strings would end elsewhere, and looks for comments in constraints.
     */
    private static final List<String> MISREAD = List.of("@Modify", "drools.update", "/*", "*/");

    private static final List<Kind> KINDS =
            List.of(Kind.WORD, Kind.VARIABLE, Kind.NUMBER, Kind.STRING, Kind.SIGN); // in the order of their groups
    private static final Pattern TOKEN = Pattern.compile("(?:[ \\t\\r\\n]+|//[^\\r\\n]*+|/\\*(?s:.*?)\\*/)"
            + "|([A-Za-z_][A-Za-z0-9_]*+)"
            + "|(\\$[A-Za-z][A-Za-z0-9_]*+)"
            + "|((?:0|[1-9][0-9]{0,14})(?:\\.[0-9]{1,15})?+(?![A-Za-z0-9_$]))"
            + "|(\"[^\"\\\\\\r\\n]*+\")"
            + "|(&&|\\|\\||==|!=|<=|>=|/(?!\\*)|[-+*%<>!(),.;:@])");
    private static final Map<Character, String> REMEDIES = Map.ofEntries(
            Map.entry('\'', "write text in double quotes"),
            Map.entry('"', "end the text with a double quote on the same line; there are no escapes in it"),
            Map.entry('/', "end the comment with `*/`"),
            Map.entry('=', "compare with `==`; a rule can't assign anything"),
            Map.entry('{', "a rule has no blocks"),
            Map.entry('}', "a rule has no blocks"),
            Map.entry('[', "a rule has no arrays and lists; `in (…)` takes a choice of values"),
            Map.entry(']', "a rule has no arrays and lists; `in (…)` takes a choice of values"),
            Map.entry('#', "begin a comment with `//`"),
            Map.entry('$', "a variable is a `$` and a word"),
            Map.entry('&', "write `&&`"),
            Map.entry('|', "write `||`"));

    private final String text;
    private final RuleFaults faults;
    private final StringBuilder plain;
    private final List<RuleToken> tokens = new ArrayList<>();
    private int depth;
    private int signRun;
    private int path;

    private RuleLexer(String text, RuleFaults faults) {
        this.text = text;
        this.faults = faults;
        this.plain = new StringBuilder(text.replaceAll("[^\\r\\n]", " "));
    }

    /**
     * A text taken apart.
     *
     * @param tokens {@link Kind#END} last
     * @param plain the text with blanks for everything but the tokens, which stay where they are
     */
    record Lexed(List<RuleToken> tokens, String plain) {}

    /** What can't be read is left out and is a fault. */
    static Lexed lex(String text, RuleFaults faults) {
        RuleLexer lexer = new RuleLexer(text, faults);
        Matcher matcher = TOKEN.matcher(text);
        for (int at = 0; at < text.length(); ) {
            at = matcher.region(at, text.length()).lookingAt() ? lexer.take(matcher) : lexer.skip(at);
        }
        lexer.tokens.add(new RuleToken(Kind.END, "", text.length()));
        return new Lexed(List.copyOf(lexer.tokens), lexer.plain.toString());
    }

    private int take(Matcher matcher) {
        for (int group = 1; group <= KINDS.size(); group++) {
            if (matcher.group(group) != null) {
                RuleToken token = new RuleToken(KINDS.get(group - 1), matcher.group(group), matcher.start());
                check(token);
                tokens.add(token);
                plain.replace(matcher.start(), matcher.end(), token.text());
            }
        }
        return matcher.end();
    }

    private void check(RuleToken token) {
        int length = token.text().length();
        signRun = token.kind() == Kind.SIGN ? signRun + 1 : 0;
        boolean afterDot = !tokens.isEmpty() && tokens.get(tokens.size() - 1).is(".");
        path = token.is(".") ? path + 1 : afterDot ? path : 0;
        depth += token.is("(") ? 1 : token.is(")") ? -1 : 0;
        if (token.kind() == Kind.STRING) {
            checkString(token);
        } else if (length > NAME_LIMIT) {
            faults.add(token.offset(), token.shown() + " is too long; use at most " + NAME_LIMIT + " characters");
        } else if (signRun > SIGN_RUN_LIMIT) {
            faults.add(token.offset(), "`" + token.text() + "` follows too many other signs; simplify the expression");
        } else if (path > PATH_LIMIT) {
            faults.add(token.offset(), "`.` follows too many others; use at most " + PATH_LIMIT + " in a row");
        } else if (depth > DEPTH_LIMIT) {
            faults.add(token.offset(), "`(` is nested too deeply; use at most " + DEPTH_LIMIT + " levels");
        }
    }

    private void checkString(RuleToken token) {
        if (token.string().length() > STRING_LIMIT) {
            faults.add(token.offset(), token.shown() + " is too long; use at most " + STRING_LIMIT + " characters");
        }
        token.string()
                .codePoints()
                .filter(point -> !isPrintable(point))
                .findFirst()
                .ifPresent(point -> faults.add(
                        token.offset(),
                        "text can't contain the invisible character `" + named(point) + "`; remove it"));
        MISREAD.stream()
                .filter(token.string()::contains)
                .findFirst()
                .ifPresent(word -> faults.add(
                        token.offset(),
                        "text can't contain `" + word + "`, which Drools takes for its own; "
                                + "put it in other words"));
    }

    private int skip(int at) {
        int point = text.codePointAt(at);
        String shown = isPrintable(point) && !Character.isSpaceChar(point) ? Character.toString(point) : named(point);
        String remedy = point > Character.MAX_VALUE
                ? "remove it"
                : REMEDIES.getOrDefault(
                        (char) point,
                        Character.isDigit(point) ? "write a plain decimal number of at most 15 digits" : "remove it");
        faults.add(at, "`" + shown + "` can't be used here: " + remedy);
        if (point == '"' || point == '\'') {
            int end = text.indexOf('\n', at);
            return end < 0 ? text.length() : end;
        }
        return point == '/' ? text.length() : at + Character.charCount(point);
    }

    private static String named(int point) {
        return "U+%04X".formatted(point);
    }

    private static boolean isPrintable(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
