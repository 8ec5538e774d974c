package dev.persona.server.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.PolicyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.drools.drl.parser.DrlParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.kie.api.runtime.KieSession;

/** Mixes attacks into good rules: what is permitted then is compiled and run, and must not have escaped. */
class RuleReviewFuzzTest {
    private static final int MUTANTS = 1_500;
    private static final int TEXTS = 60;
    private static final String HEAD =
            """
            import dev.persona.server.rule.*
            global dev.persona.server.rule.Consequences consequences
            rule "x" dialect "mvel" when
            """;
    private static final String ESCAPE = "dev.persona.server.rule.Escape.escape()";

    /** Everything outside of quotes and comments, written down once more and by hand. */
    private static final Set<String> WORDS = Set.of(
            ("package dev persona rules server rule import global Consequences consequences dialect salience no loop"
                            + " enabled true false when then end and or not exists forall eval accumulate acc in contains"
                            + " memberOf this activate set count sum min max average Instance Metric Window Event"
                            + " UserSession Activation id groups name value reportedAt personaId schedule open type"
                            + " source priority since attribute text number startsWith endsWith isBefore isAfter"
                            + " plusSeconds minusSeconds reportedWithin activeFor")
                    .split(" "));

    private static final Pattern WORD =
            Pattern.compile("\"[^\"\n]*\"|//[^\n\r]*|/\\*(?s:.*?)\\*/|[$0-9][\\w.]*|([\\p{L}_][\\p{L}\\p{N}_]*)");

    private static final List<String> PIECES = List.of(
            ESCAPE,
            ESCAPE + ";",
            "; " + ESCAPE + "; ",
            "(" + ESCAPE + ")",
            " + " + ESCAPE,
            "." + ESCAPE,
            "eval(" + ESCAPE + ")",
            "\" + " + ESCAPE + " + \"",
            "\"); " + ESCAPE + "; //",
            "*/ " + ESCAPE + " /*",
            "// " + ESCAPE + "\n",
            "\n" + ESCAPE + "\n",
            "/*",
            "*/",
            "//",
            "\"",
            "'",
            "\\",
            "\\u0022",
            "`",
            "#",
            "@Modify with (",
            "{ " + ESCAPE + " }",
            "modify($e) { " + ESCAPE + " }",
            "drools.update($e)",
            "end",
            "then",
            "when",
            "rule \"x\" when then " + ESCAPE + " end",
            "import dev.persona.server.rule.Escape",
            "import function " + ESCAPE.replace("()", ""),
            "import static " + ESCAPE.replace("()", ""),
            "Escape.escape()",
            "escape()",
            ".getClass()",
            ".class",
            "this",
            "new Object()",
            "=",
            "==",
            "!",
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            ";",
            ",",
            ".",
            ":",
            ":=",
            "$",
            "$x",
            "in",
            "not",
            "or",
            "||",
            "from",
            "matches",
            "function void f() { " + ESCAPE + "; }",
            "dialect \"java\"",
            "salience (" + ESCAPE + ")",
            "enabled (" + ESCAPE + ")",
            "@watch(*)",
            "query q() end",
            "\r",
            "\u2028",
            "\u00a0",
            "\u0000");

    @Test
    void unchecked_rules_would_escape() throws Exception {
        String text = Files.readString(Path.of("src/test/resources/rules/attacks/text_rewritten_as_modify.drl"))
                .replace("System.exit(1)", ESCAPE);
        Escape.COUNT.set(0);

        Engine.Compilation compilation = Engine.compile(new DrlParser().parse(false, text));
        fire((Engine.Compilation.Compiled) compilation);

        assertThat(Escape.COUNT).hasPositiveValue();
    }

    @Test
    void mixtures_of_attacks_and_good_rules_never_escape() throws IOException {
        List<String> good = texts(RuleReviewTest.goodRules());
        List<String> attacks = texts(RuleReviewTest.attacks());
        Escape.COUNT.set(0);
        int permitted = 0;
        for (long seed = 0; seed < MUTANTS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            String text = good.get(random.nextInt(good.size()));
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                text = changed(text, attacks, random);
            }

            RuleReview review = RuleReview.of(text);

            if (review instanceof RuleReview.Permitted) {
                permitted++;
                assertThat(words(text)).as("seed %d:\n%s", seed, text).isSubsetOf(WORDS);
                run(seed, text);
            }
        }
        assertThat(permitted).isGreaterThan(MUTANTS / 50);
        assertThat(Escape.COUNT).hasValue(0);
    }

    @Test
    @Timeout(120)
    void random_words_and_signs_are_refused_each_fault_at_a_place_of_the_text() throws IOException {
        List<String> words = new ArrayList<>(PIECES);
        for (String text : texts(RuleReviewTest.goodRules())) {
            words.addAll(List.of(text.split("(?<=\\W)|(?=\\W)")));
        }
        int refused = 0;
        for (long seed = 0; seed < MUTANTS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            StringBuilder text = new StringBuilder(random.nextBoolean() ? HEAD : "");
            for (int i = random.nextInt(1, 200); i > 0; i--) {
                text.append(words.get(random.nextInt(words.size()))).append(random.nextInt(3) == 0 ? " " : "");
            }
            long lines = text.chars().filter(c -> c == '\n' || c == '\r').count() + 1;

            if (RuleReview.of(text.toString()) instanceof RuleReview.Refused refusal) {
                refused++;
                assertThat(refusal.faults())
                        .as("seed %d:\n%s", seed, text)
                        .isNotEmpty()
                        .allSatisfy(fault -> {
                            assertThat((long) fault.line()).isBetween(1L, lines);
                            assertThat(fault.column()).isPositive();
                            assertThat(fault.message()).isNotBlank();
                        });
            }
        }
        assertThat(refused).isGreaterThan(MUTANTS * 9 / 10);
    }

    @Test
    void text_in_quotes_arrives_as_it_is_written() {
        for (long seed = 0; seed < TEXTS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            String name = text(random);
            String persona = text(random);
            String reason = text(random);
            String drl =
                    """
                    package dev.persona.rules
                    dialect "mvel"
                    import dev.persona.server.rule.Metric
                    import dev.persona.server.rule.Event
                    global dev.persona.server.rule.Consequences consequences
                    rule "%1$s" when
                        $m : Metric(%4$s)
                        not Event(text("/%2$s") == "%3$s")
                    then
                        consequences.activate("%2$s", "%3$s" + $m.name);
                        consequences.set("custom.text",
                            "%2$s", 5, "%3$s");
                    end
                    """
                            .formatted(name, persona, reason, naming(name, random));
            if (RuleReview.of(drl) instanceof RuleReview.Refused) {
                continue; // the texts together made what Drools would misread
            }
            Metric metric = new Metric(name, 1, Instant.EPOCH, new Moment(Instant.EPOCH));

            RulePass consequences = RuleDocument.compile("texts", drl).run(new ListedFacts(List.of(metric)));

            assertThat(consequences.requests())
                    .as("seed %d:\n%s", seed, drl)
                    .containsExactly(new Consequences.Request(name, persona, reason + name));
            assertThat(consequences.claims())
                    .as("seed %d:\n%s", seed, drl)
                    .singleElement()
                    .satisfies(claim -> {
                        assertThat(claim.rule()).isEqualTo(name);
                        assertThat(claim.value().asText()).isEqualTo(persona);
                        assertThat(claim.reason()).isEqualTo(reason);
                    });
        }
    }

    private static String changed(String text, List<String> attacks, SplittableRandom random) {
        int from = boundary(text, random);
        int to = Math.min(text.length(), from + random.nextInt(12));
        String piece =
                switch (random.nextInt(5)) {
                    case 0 -> {
                        List<String> lines = attacks.get(random.nextInt(attacks.size()))
                                .lines()
                                .skip(9)
                                .toList();
                        yield lines.isEmpty() ? "" : lines.get(random.nextInt(lines.size()));
                    }
                    case 1 ->
                        text.substring(boundary(text, random))
                                .lines()
                                .findFirst()
                                .orElse("");
                    case 2 -> "";
                    default -> PIECES.get(random.nextInt(PIECES.size()));
                };
        return text.substring(0, from) + piece + text.substring(random.nextBoolean() ? from : to);
    }

    /** Mostly where a word begins or ends. */
    private static int boundary(String text, SplittableRandom random) {
        int at = random.nextInt(text.length() + 1);
        while (random.nextInt(8) > 0 && at > 0 && at < text.length() && Character.isLetterOrDigit(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static Set<String> words(String text) {
        Set<String> words = new HashSet<>();
        Matcher matcher = WORD.matcher(text);
        while (matcher.find()) {
            if (matcher.group(1) != null) {
                words.add(matcher.group(1));
            }
        }
        return words;
    }

    private static void run(long seed, String text) {
        try {
            RuleDocument.compile("mutant", text).run(new ListedFacts(RuleReviewTest.facts()));
        } catch (PolicyException e) {
            assertThat(e.code()).as("seed %d:\n%s", seed, text).isEqualTo(ErrorCode.INVALID_DOCUMENT);
        } catch (RuntimeException e) {
            fail("seed " + seed + ":\n" + text, e);
        }
    }

    private static String text(SplittableRandom random) {
        List<String> pieces = List.of(
                "'",
                ";",
                "{",
                "}",
                "@{1+1}",
                "@",
                "#",
                "//",
                "(",
                ")",
                "[",
                "]",
                " end ",
                " then ",
                "modify(",
                "insert(",
                "drools.halt()",
                "update($m)",
                "$m",
                "=",
                " in ",
                "str[",
                "this.",
                ".",
                ",",
                ":",
                "?",
                "!",
                "~",
                "`",
                "+",
                "-",
                "%%",
                "null",
                "true",
                "5",
                "ä",
                "漢",
                "with",
                "import",
                "new ",
                "eval(",
                ".class",
                "  ",
                "_.neg",
                "empty",
                "System.exit(0)",
                "|",
                "&",
                "^");
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(5); i > 0; i--) {
            text.append(pieces.get(random.nextInt(pieces.size())));
        }
        return text.toString();
    }

    private static String naming(String name, SplittableRandom random) {
        List<String> forms = List.of(
                "name == \"%s\"",
                "\"%s\" == name",
                "name in (\"other\", \"%s\")",
                "name.startsWith(\"%s\")",
                "name contains \"%s\"",
                "!(name != \"%s\")",
                "value > 0.5 && name == \"%s\"",
                "name == \"other\" || name == \"%s\"");
        return forms.get(random.nextInt(forms.size())).formatted(name);
    }

    private static void fire(Engine.Compilation.Compiled compiled) {
        KieSession session = compiled.rules().newKieSession();
        try {
            session.setGlobal(RuleDocument.GLOBAL, new Consequences());
            RuleReviewTest.facts().forEach(session::insert);
            session.fireAllRules();
        } finally {
            session.dispose();
        }
    }

    private static List<String> texts(List<Path> files) throws IOException {
        List<String> texts = new ArrayList<>();
        for (Path file : files) {
            texts.add(Files.readString(file));
        }
        return texts;
    }
}
