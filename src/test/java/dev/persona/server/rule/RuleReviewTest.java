package dev.persona.server.rule;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Judges the texts in src/test/resources/rules: attacks say in their head where they fail, good ones what they do. */
class RuleReviewTest {
    private static final Path TEXTS = Path.of("src/test/resources/rules");
    private static final Pattern REFUSED = Pattern.compile("(?m)^// Refused: line (\\d+), (.+)$");
    private static final Pattern FIRES = Pattern.compile("(?m)^// Fires: (.+)$");
    private static final Instant AT = Instant.parse("2026-03-02T08:00:00Z");
    private static final Moment NOW = new Moment(AT);

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
        RulePass consequences = RuleDocument.compile(file.toString(), text).run(new ListedFacts(facts()));
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
