package dev.persona.server.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Judges the texts in src/test/resources/rules: attacks say in their head where they fail, good ones what they do. */
class RuleReviewTest {
    private static final Path TEXTS = Path.of("src/test/resources/rules");
    private static final Pattern REFUSED = Pattern.compile("(?m)^// Refused: line (\\d+), (.+)$");
    private static final Pattern FIRES = Pattern.compile("(?m)^// Fires: (.+)$");
    private static final Instant AT = Instant.parse("2026-03-02T08:00:00Z");
    private static final Moment NOW = new Moment(AT);
    private static final RuleBounds UNHURRIED = new RuleBounds(
            RuleBounds.USUAL.facts(), RuleBounds.USUAL.comparisons(), RuleBounds.USUAL.matches(), Duration.ofHours(1));

    @ParameterizedTest
    @MethodSource("attacks")
    void attacks_are_refused_at_their_line(Path file) throws IOException {
        String text = Files.readString(file);
        Matcher expected = REFUSED.matcher(text);
        assertThat(expected.find()).isTrue();

        RuleReview review = RuleReview.of(text);

        assertThat(review).isInstanceOfSatisfying(RuleReview.Refused.class, refused -> assertThat(refused.faults())
                .anySatisfy(fault -> {
                    assertThat(fault.line()).isEqualTo(Integer.parseInt(expected.group(1)));
                    assertThat(fault.message()).contains(expected.group(2));
                }));
    }

    @ParameterizedTest
    @MethodSource("goodRules")
    void good_rules_are_permitted_and_compile_and_fire(Path file) throws IOException {
        String text = Files.readString(file);
        Matcher expected = FIRES.matcher(text);
        assertThat(expected.find()).isTrue();

        RuleReview review = RuleReview.of(text);

        assertThat(review)
                .as(() -> String.valueOf(review instanceof RuleReview.Refused refused ? refused.faults() : ""))
                .isInstanceOf(RuleReview.Permitted.class);
        RulePass consequences =
                RuleDocument.compile(file.toString(), text, UNHURRIED).run(new ListedFacts(facts()));
        assertThat(Stream.concat(
                                consequences.requests().stream().map(Consequences.Request::personaId),
                                consequences.claims().stream().map(Consequences.Claim::parameter))
                        .distinct())
                .containsExactlyInAnyOrder(expected.group(1).split(" "));
    }

    @Test
    void there_are_enough_of_both() throws IOException {
        assertThat(attacks()).hasSizeGreaterThan(150);
        assertThat(goodRules()).hasSizeGreaterThan(12);
    }

    @Test
    void a_text_beyond_64_kib_is_refused_unread() {
        RuleReview review = RuleReview.of(" ".repeat(RuleReview.SIZE_LIMIT + 1));

        assertThat(review)
                .isEqualTo(new RuleReview.Refused(
                        List.of(new RuleFault("", 1, 1, "the text is too long; use at most 64 KiB and split it"))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '^',
            value = {
                "Metric(value && name == \"x\")                              ~ `value` begins a number where a truth value",
                "Metric(value > 1 && name)                                   ~ `name` begins text where a truth value",
                "Metric(name || value > 1)                                   ~ `name` begins text where a truth value",
                "Metric(!value)                                              ~ `value` begins a number where a truth value",
                "Metric(value)                                               ~ `value` begins a number where a truth value",
                "Metric(value == \"1\")                                      ~ `\"1\"` begins text where a number",
                "Metric(value < \"1\")                                       ~ `\"1\"` begins text where a number",
                "Metric(name < \"m\")                                        ~ `<` can't compare text",
                "Metric(reportedAt > 1)                                      ~ `1` begins a number where an instant",
                "Metric(value in (1, \"2\"))                                 ~ `\"2\"` begins text where a number",
                "Metric(name contains 1)                                     ~ `1` begins a number where text",
                "Metric(value contains \"1\")                                ~ `contains` can't be used on a number",
                "Metric(name memberOf \"m\")                                 ~ `\"m\"` begins text where a set of texts",
                "UserSession(groups == \"dba\")                              ~ `==` can't compare sets of texts",
                "Metric(value - name > 1)                                    ~ `name` begins text where a number",
                "Metric(reportedAt + 1 > 1)                                  ~ `reportedAt` begins an instant where a number",
                "Metric(name * 2 > 1)                                        ~ `name` begins text where a number",
                "Metric(2 / name > 1)                                        ~ `name` begins text where a number",
                "Metric(name.startsWith(1))                                  ~ `1` begins a number where text",
                "Metric(reportedWithin(name))                                ~ `name` begins text where a number",
                "Metric(value.startsWith(\"1\"))                             ~ `startsWith` can't be called on a number",
                "Metric($m : name, $m > 1)                                   ~ `>` can't compare text",
                "Metric($v : value > 1 && value < 2)                         ~ `&&` can't follow here",
                "$m : Metric($m : value)                                     ~ `$m` is bound to a fact `Metric` before",
                "Metric($v : value) Event($v : type)                         ~ `$v` is bound to a number before",
                "Metric($v : value) eval($v)                                 ~ `$v` begins a number where a truth value",
                "Metric($n : name) eval($n == \"a < b\")                      ~ text has no `<`",
                "Metric(name == \"a == b\")                                   ~ text has no `<`, `>`, `==`",
                "accumulate(Metric($n : name); $s : sum($n))                 ~ `$n` begins text where a number",
                "accumulate(Metric($v : value); s : sum($v))                 ~ begin its name with `$`",
                "accumulate(Metric($v : value); $s : median($v))             ~ `median` isn't a function",
                "accumulate(Metric($v : value); $s : sum($v, $v))            ~ `sum` takes one number"
            })
    void what_does_not_fit_is_refused_where_it_begins(String condition, String message) {
        assertRefused(rule("", condition, ""), message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "consequences.activate($v, \"r\");                           | `$v` begins a number where text",
                "consequences.activate(\"p\", $v);                           | `$v` begins a number where text",
                "consequences.set(\"cpu.weight\", $m, 1, \"r\");             | can't be set to a fact `Metric`",
                "consequences.set($n, 1, 1, \"r\");                          | a parameter is set by its name",
                "consequences.set(\"cpu.weight\", 1, $v, \"r\");             | `$v` isn't a priority",
                "consequences.set(\"cpu.weight\", 1, 2147483648, \"r\");     | `2147483648` isn't a priority",
                "consequences.set(\"cpu.weight\", 1, 1, $v);                 | `$v` begins a number where text"
            })
    void a_consequence_that_does_not_fit_is_refused_where_it_begins(String consequence, String message) {
        assertRefused(rule("", "$m : Metric($v : value, $n : name)", consequence), message);
    }

    private static void assertRefused(String text, String message) {
        assertThat(RuleReview.of(text)).as(text).isInstanceOfSatisfying(RuleReview.Refused.class, refused -> assertThat(
                        refused.faults())
                .extracting(RuleFault::message)
                .anySatisfy(told -> assertThat(told).contains(message)));
    }

    @ParameterizedTest
    @MethodSource("bounds")
    void a_bound_is_taken_itself_and_nothing_beyond(String within, String beyond, String message) {
        assertThat(RuleReview.of(within))
                .as(() -> RuleReview.of(within).toString())
                .isInstanceOf(RuleReview.Permitted.class);
        assertThat(RuleReview.of(beyond))
                .isInstanceOfSatisfying(RuleReview.Refused.class, refused -> assertThat(refused.faults())
                        .first()
                        .satisfies(fault -> assertThat(fault.message()).contains(message)));
    }

    static List<Arguments> bounds() {
        return List.of(
                arguments(rules(50), rules(51), "at most 50"),
                arguments(rule("salience 1000", "Metric()", ""), rule("salience 1001", "Metric()", ""), "1000"),
                arguments(rule("salience -1000", "Metric()", ""), rule("salience -1001", "Metric()", ""), "1000"),
                arguments(
                        rule("", "Metric(name == \"m\") ".repeat(12), ""),
                        rule("", "Metric(name == \"m\") ".repeat(13), ""),
                        "13 patterns"),
                arguments(rule("", "Metric() Event()", ""), rule("", "Metric() Event() Window()", ""), "of 3 patterns"),
                arguments(
                        rule("", "Metric() not Event()", ""),
                        rule("", "Metric() Event() not Window()", ""),
                        "of 3 patterns"),
                arguments(rule("", choices(4, 4), ""), rule("", choices(3, 6), ""), "makes 18 rules"),
                arguments(
                        rule("", "Metric(value > 1" + " + 1".repeat(98) + ")", ""),
                        rule("", "Metric(value > -1" + " + 1".repeat(98) + ")", ""),
                        "too long; use at most 200 words"),
                arguments(
                        rule("", "Metric()", "consequences.set(\"cpu.weight\", 1, -1, \"r\"" + plus(93) + ");"),
                        rule("", "Metric()", "consequences.set(\"cpu.weight\", 1, 1, \"r\"" + plus(94) + ");"),
                        "too long; use at most 200 words"),
                arguments(
                        rule("", "Metric()", "consequences.activate(\"p\", \"r\");".repeat(19)),
                        rule("", "Metric()", "consequences.activate(\"p\", \"r\");".repeat(20)),
                        "at most 20 things"),
                arguments(
                        rule("", "Metric()", "consequences.activate(\"p\", \"" + "r".repeat(500) + "\");"),
                        rule("", "Metric()", "consequences.activate(\"p\", \"" + "r".repeat(501) + "\");"),
                        "at most 500 characters"),
                arguments(
                        rule("", "$" + "m".repeat(63) + " : Metric()", ""),
                        rule("", "$" + "m".repeat(64) + " : Metric()", ""),
                        "at most 64 characters"),
                arguments(
                        rule("", "Metric(" + "(".repeat(7) + "value > 1" + ")".repeat(7) + ")", ""),
                        rule("", "Metric(" + "(".repeat(8) + "value > 1" + ")".repeat(8) + ")", ""),
                        "at most 8 levels"),
                arguments(padded(RuleReview.SIZE_LIMIT), padded(RuleReview.SIZE_LIMIT + 1), "at most 64 KiB"));
    }

    private static String rule(String attribute, String condition, String consequence) {
        return """
                import dev.persona.server.rule.*
                global dev.persona.server.rule.Consequences consequences
                rule "x" dialect "mvel" %s when %s then %s consequences.activate("p", "r"); end
                """
                .formatted(attribute, condition, consequence);
    }

    private static String rules(int count) {
        StringBuilder text = new StringBuilder(rule("", "Metric()", ""));
        for (int i = 1; i < count; i++) {
            text.append("rule \"x")
                    .append(i)
                    .append("\" dialect \"mvel\" when Metric() then consequences.activate(\"p\", \"r\"); end\n");
        }
        return text.toString();
    }

    private static String choices(int first, int second) {
        String pattern = "Metric(name == \"m\")";
        return "(" + pattern + (" or " + pattern).repeat(first - 1) + ") (" + pattern
                + (" or " + pattern).repeat(second - 1) + ")";
    }

    private static String plus(int times) {
        return " + \"r\"".repeat(times);
    }

    private static String padded(int bytes) {
        String text = rule("", "Metric()", "");
        return text + " ".repeat(bytes - text.length());
    }

    @Test
    void a_hundred_faults_are_named_at_most() {
        RuleReview review = RuleReview.of("rule \"x\"\n" + "=\n".repeat(101));

        assertThat(review).isInstanceOfSatisfying(RuleReview.Refused.class, refused -> assertThat(refused.faults())
                .hasSize(100)
                .extracting(RuleFault::line)
                .startsWith(2)
                .endsWith(101));
    }

    @Test
    void all_faults_are_found_at_once() {
        RuleReview review = RuleReview.of(
                """
                import dev.persona.server.rule.Metric
                import java.io.File
                rule "one" dialect "mvel" when Metric(nam == "x") then System.exit(1); end
                rule "two" salience 5000 when Metric(value > "x") Instance() then end
                """);

        assertThat(review).isInstanceOfSatisfying(RuleReview.Refused.class, refused -> assertThat(refused.faults())
                .extracting(fault -> fault.rule() + " " + fault.line() + ":" + fault.column())
                .containsExactly(
                        " 2:1", "one 3:39", "one 3:56", "two 4:1", "two 4:21", "two 4:46", "two 4:51", "two 4:62"));
    }

    @Test
    void a_fault_says_what_can_be_used_instead() {
        RuleReview review = RuleReview.of(
                """
                import dev.persona.server.rule.Metric
                rule "one" dialect "mvel" when Metric(nam == "x") then consequences.activate("a", "b"); end
                """);

        assertThat(review)
                .isEqualTo(new RuleReview.Refused(List.of(new RuleFault(
                        "one",
                        2,
                        39,
                        "`nam` isn't a field of a fact `Metric`; there are `name`, `reportedAt`, `value`"))));
    }

    static List<Path> attacks() throws IOException {
        return texts("attacks");
    }

    static List<Path> goodRules() throws IOException {
        return texts("good");
    }

    private static List<Path> texts(String folder) throws IOException {
        try (Stream<Path> files = Files.list(TEXTS.resolve(folder))) {
            return files.sorted().toList();
        }
    }

    /** Facts on which all good rules fire. */
    static List<Object> facts() {
        return List.of(
                new Instance("i-1", Set.of("db")),
                metric("system.memory.utilization", 0.95),
                metric("system.paging.utilization", 0.7),
                metric("system.disk.busy.sda", 0.9),
                metric("system.disk.queue.sda", 0),
                metric("system.disk.io.read", 2),
                metric("system.disk.io.write", 20),
                metric("system.cpu.load_average.1m", 3),
                metric("hw.temperature.cpu", 91),
                new Metric("hw.temperature.board", 60, AT.minusSeconds(25), NOW),
                new Window("backup", "0 2 * * *", true),
                event("com.example.alert", Map.of("severity", "critical")),
                event("com.example.deployment", Map.of()),
                new UserSession("alice", Set.of("dev")),
                new Activation("db-high-performance", 100, AT.minusSeconds(21600), NOW));
    }

    private static Metric metric(String name, double value) {
        return new Metric(name, value, AT, NOW);
    }

    private static Event event(String type, Map<String, String> attributes) {
        return new Event(
                type,
                "https://siem/alerts",
                attributes,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("persona", "deploying")
                        .put("minutes", 10)
                        .set("score", IntNode.valueOf(9)));
    }
}
