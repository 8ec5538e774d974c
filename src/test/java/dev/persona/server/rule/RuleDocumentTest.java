package dev.persona.server.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import dev.persona.server.platform.Fault;
import dev.persona.server.platform.PolicyException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.drools.drl.parser.DrlParser;
import org.drools.drl.parser.DroolsParserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RuleDocumentTest {
    private static final Instant AT = Instant.parse("2026-03-02T08:00:00Z");
    private static final Moment NOW = new Moment(AT);
    private static final String HEAD =
            """
            package dev.persona.rules
            import dev.persona.server.rule.Activation
            import dev.persona.server.rule.Event
            import dev.persona.server.rule.Instance
            import dev.persona.server.rule.Metric
            import dev.persona.server.rule.UserSession
            import dev.persona.server.rule.Window
            global dev.persona.server.rule.Consequences consequences
            """;

    @Test
    void rules_see_every_kind_of_fact_by_its_fields() {
        RuleDocument document = RuleDocument.compile(
                "every-fact",
                HEAD
                        + """
                        rule "all facts" dialect "mvel" when
                            $instance : Instance(id == "i-1", groups contains "db")
                            $metric : Metric(name == "m", value > 0.8)
                            Window(personaId == "p", open)
                            $event : Event(type == "alert", attribute("severity") == "high", number("/score") >= 7)
                            UserSession(name.startsWith("al"), groups contains "wheel")
                            Activation(personaId == "p", priority > 10)
                        then
                            consequences.activate("q", "seen " + $metric.name + " of " + $instance.id);
                            consequences.set("cpu.weight", 300, 50, $event.text("/why"));
                        end
                        """);

        RulePass consequences = run(document, facts());

        assertThat(consequences.requests())
                .containsExactly(new Consequences.Request("all facts", "q", "seen m of i-1"));
        assertThat(consequences.claims())
                .containsExactly(
                        new Consequences.Claim("all facts", "cpu.weight", LongNode.valueOf(300), 50, "because"));
    }

    @Test
    void what_is_not_permitted_is_named_with_its_place() {
        String drl = HEAD + "rule \"x\" dialect \"mvel\" when\n Metric(nam == 3)\nthen System.exit(1); end\n";

        assertThatThrownBy(() -> RuleDocument.compile("broken", drl))
                .isInstanceOfSatisfying(PolicyException.class, e -> assertThat(e.faults())
                        .extracting(Fault::detail)
                        .satisfiesExactly(
                                first -> assertThat(first)
                                        .startsWith("line 10, column 9, rule `x`: `nam` isn't a field"),
                                second ->
                                        assertThat(second).startsWith("line 11, column 6, rule `x`: `System` can't")));
    }

    @Test
    void a_compile_error_names_its_line() {
        String drl = HEAD
                + """
                rule "x" dialect "mvel"
                when
                    (Metric($value : value) or Instance())
                then
                    consequences.set("cpu.weight", $value, 1, "bound in one branch only");
                end
                """;

        assertThatThrownBy(() -> RuleDocument.compile("broken", drl))
                .isInstanceOfSatisfying(PolicyException.class, e -> assertThat(e.faults())
                        .isNotEmpty()
                        .allSatisfy(fault -> assertThat(fault.detail()).startsWith("line 9, column 1, rule `x`: ")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "function int one() { return 1; }\nrule \"x\" dialect \"mvel\" when Metric(value > one()) then end",
                "declare Mine value : int end\nrule \"x\" dialect \"mvel\" when Mine() then end",
                "rule \"x\" dialect \"java\" when Metric() then consequences.activate(\"p\", \"q\"); end",
                "rule \"x\" when Metric() then int i = 1; end"
            })
    void what_would_define_a_class_is_refused(String drl) {
        assertThatThrownBy(() -> RuleDocument.compile("classes", HEAD + drl)).isInstanceOf(PolicyException.class);
    }

    @Test
    void a_rule_that_throws_loses_its_own_consequences_only() {
        RuleDocument document = RuleDocument.compile(
                "throwing",
                HEAD
                        + """
                        rule "bad" dialect "mvel" salience 10 when $metric : Metric() then
                            consequences.activate("x", "before it fails");
                            consequences.set("cpu.weight", 1 / ($metric.value - $metric.value), 1, "no value");
                        end
                        rule "good" dialect "mvel" when Metric() then consequences.activate("y", "fine"); end
                        """);

        RulePass consequences = run(document, facts());

        assertThat(consequences.requests())
                .extracting(Consequences.Request::personaId)
                .containsExactly("y");
        assertThat(consequences.claims()).isEmpty();
    }

    @Test
    void rules_that_nobody_reviewed_and_that_fire_without_end_are_stopped_too() throws DroolsParserException {
        String drl = HEAD + "rule \"loop\" dialect \"mvel\" when $m : Metric() then insert($m); update($m); end";
        RuleDocument endless = new RuleDocument(
                "endless",
                ((Engine.Compilation.Compiled) Engine.compile(new DrlParser().parse(false, drl))).rules(),
                RuleOutline.ofAllFacts(),
                RuleBounds.USUAL,
                () -> 0);

        RulePass consequences = run(endless, facts());

        assertThat(consequences.requests()).isEmpty();
    }

    @Test
    void a_rule_with_too_many_consequences_loses_them_and_harms_no_other_document() {
        RuleDocument flooding = RuleDocument.compile(
                "flooding",
                HEAD
                        + """
                        rule "flood" dialect "mvel" when Metric() Event() then consequences.activate("x", "flood"); end
                        """);
        RuleDocument good = RuleDocument.compile(
                "good",
                HEAD + "rule \"good\" dialect \"mvel\" when Metric() then consequences.activate(\"y\", \"fine\"); end");
        List<Object> many = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            many.add(new Metric("m" + i, i, AT, NOW));
            many.add(new Event("alert", "/siem", Map.of(), JsonNodeFactory.instance.objectNode()));
        }

        RulePass pass =
                Policy.compile(Set.of("g"), List.of(), List.of(flooding, good)).runCustomRules(new ListedFacts(many));

        assertThat(pass.requests()).extracting(Consequences.Request::personaId).containsOnly("y");
        assertThat(pass.failures())
                .containsExactly(
                        new RulePass.Failure("flooding", "flood", "has more than 1000 consequences in one evaluation"));
    }

    @Test
    void the_rule_that_ships_concerns_only_where_its_persona_applies() {
        RuleDocument document = new ShippedRules().rules().get(0);

        RulePass consequences = run(
                document,
                List.of(
                        new Metric("system.memory.utilization", 0.95, AT, NOW),
                        new Metric("system.paging.utilization", 0.7, AT, NOW)));

        assertThat(document.concerns(Set.of("other"))).isFalse();
        assertThat(document.concerns(Set.of("memory-pressure", "other"))).isTrue();
        assertThat(consequences.requests())
                .extracting(Consequences.Request::personaId)
                .containsExactly("memory-pressure");
    }

    @Test
    void rules_that_fire_too_often_lose_everything() {
        RuleDocument document = RuleDocument.compile(
                "pairs",
                HEAD
                        + """
                        rule "pairs" dialect "mvel" when Metric() Event() then consequences.activate("x", "y"); end
                        """,
                new RuleBounds(100, 1_000, 24, Duration.ofHours(1)));

        assertThat(run(document, metricsAndEvents(4, 6)).failures()).isEmpty();
        assertThat(run(document, metricsAndEvents(5, 5)))
                .isEqualTo(RulePass.failed("pairs", "its rules fire more than 24 times: narrow their patterns", 120));
    }

    @Test
    void rules_with_too_many_facts_to_look_at_are_not_run() {
        RuleDocument document = RuleDocument.compile(
                "many",
                HEAD + "rule \"many\" dialect \"mvel\" when Metric() then consequences.activate(\"x\", \"y\"); end",
                new RuleBounds(6, 1_000, 1_000, Duration.ofHours(1)));

        assertThat(run(document, metricsAndEvents(6, 10)).failures()).isEmpty();
        assertThat(run(document, metricsAndEvents(7, 0)))
                .isEqualTo(RulePass.failed("many", "there are 7 facts to look at; at most 6 are allowed"));
    }

    @Test
    void rules_with_too_much_to_compare_are_not_run() {
        String pairs =
                "rule \"pairs\" dialect \"mvel\" when Metric($name : name, $value : value) Metric(%s) then consequences.activate(\"x\", "
                        + "\"y\"); end";
        RuleBounds bounds = new RuleBounds(100, 100, 1_000, Duration.ofHours(1));
        RuleDocument open = RuleDocument.compile("open", HEAD + pairs.formatted("value > $value"), bounds);
        RuleDocument narrowed = RuleDocument.compile("narrowed", HEAD + pairs.formatted("name == $name"), bounds);

        assertThat(run(open, metricsAndEvents(9, 0)).failures()).isEmpty();
        assertThat(run(open, metricsAndEvents(10, 0)))
                .isEqualTo(RulePass.failed(
                        "open",
                        "with 10 facts there are up to 120 comparisons to make; at most 100 are allowed: narrow patterns by"
                                + " their key"));
        assertThat(run(narrowed, metricsAndEvents(40, 0)).failures()).isEmpty();
    }

    @Test
    void rules_that_take_too_long_are_stopped_between_matches() {
        RuleReview.Permitted review = (RuleReview.Permitted) RuleReview.of(
                HEAD + "rule \"slow\" dialect \"mvel\" when Metric() then consequences.activate(\"x\", \"y\"); end");
        Engine.Compilation.Compiled compiled = (Engine.Compilation.Compiled) Engine.compile(review.tree());
        AtomicLong nanoseconds = new AtomicLong();
        RuleDocument slow = new RuleDocument(
                "slow",
                compiled.rules(),
                review.outline(),
                RuleBounds.USUAL,
                () -> nanoseconds.addAndGet(Duration.ofMillis(100).toNanos()));

        assertThat(run(slow, metricsAndEvents(3, 0)).failures()).isEmpty();
        assertThat(run(slow, metricsAndEvents(20, 0)))
                .isEqualTo(RulePass.failed("slow", "its rules take longer than PT1S", 20));
    }

    @Test
    void only_facts_that_a_rule_looks_at_are_asked_for() {
        RuleDocument document = RuleDocument.compile(
                "two",
                HEAD
                        + """
                        rule "one" dialect "mvel" when Metric() not Event() then consequences.activate("x", "y"); end
                        rule "two" dialect "mvel" when
                            accumulate(UserSession($name : name, $name != ""); $count : count(1))
                        then consequences.activate("x", "y"); end
                        """);
        Set<Class<?>> asked = new HashSet<>();
        RuleFacts facts = new RuleFacts() {
            @Override
            public Instance instance() {
                return new Instance("i-1", Set.of());
            }

            @Override
            public Instant at() {
                return AT;
            }

            @Override
            public List<?> of(Class<?> type) {
                asked.add(type);
                return List.of();
            }

            @Override
            public boolean isSubjectTo(String personaId) {
                return true;
            }
        };

        document.run(facts);

        assertThat(asked).containsExactlyInAnyOrder(Metric.class, Event.class, UserSession.class);
    }

    @Test
    void a_rule_limited_to_a_persona_is_silent_where_others_of_its_document_run() {
        RuleDocument document = RuleDocument.compile(
                "limited",
                HEAD
                        + """
                        rule "a" @persona("a") dialect "mvel" when Metric() then consequences.activate("x", "a"); end
                        rule "b" @persona("b") dialect "mvel" when Metric() then consequences.activate("x", "b"); end
                        """);

        assertThat(document.run(new ListedFacts(facts(), Set.of("b"))).requests())
                .extracting(Consequences.Request::reason)
                .containsExactly("b");
    }

    @Test
    void parameters_and_values_that_are_written_out_are_checked_at_their_place() {
        String drl = HEAD
                + """
                rule "x" dialect "mvel" when $m : Metric() then
                    consequences.set("cpu.wieght", 100, 1, "r");
                    consequences.set("cpu.weight", 20000, 1, "r");
                    consequences.set("cpu.weight", -5, 1, "r");
                    consequences.set("cpu.weight", 100.0, 1, "r");
                    consequences.set("cpu.weight", 100.5, 1, "r");
                    consequences.set("cpu.max", "150%", 1, "r");
                    consequences.set("cpu.governor", "turbo", 1, "r");
                    consequences.set("security.ssh.password_authentication", false, 1, "r");
                    consequences.set("cpu.wieght", $m.value, 1, "r");
                end
                """;

        assertThatThrownBy(() -> RuleDocument.compile("set", drl))
                .isInstanceOfSatisfying(PolicyException.class, e -> assertThat(e.faults())
                        .extracting(Fault::detail)
                        .satisfiesExactly(
                                first -> assertThat(first)
                                        .isEqualTo("line 10, column 22, rule `x`: unknown parameter `cpu.wieght`;"
                                                + " did you mean `cpu.weight`?"),
                                second -> assertThat(second)
                                        .startsWith("line 11, column 22, ")
                                        .endsWith("is `20000`"),
                                third -> assertThat(third)
                                        .startsWith("line 12, column 22, ")
                                        .endsWith("is `-5`"),
                                fourth -> assertThat(fourth)
                                        .startsWith("line 14, column 22, ")
                                        .endsWith("is `100.5`"),
                                fifth -> assertThat(fifth)
                                        .startsWith("line 16, column 22, ")
                                        .contains("turbo"),
                                sixth -> assertThat(sixth).startsWith("line 18, column 22, ")));
    }

    @Test
    void a_computed_number_is_rounded_where_only_whole_ones_are_taken() {
        RuleDocument document = RuleDocument.compile("computed", computing("cpu.weight", "$m.value * 1000 + 0.4"));

        assertThat(run(document, facts()).claims())
                .extracting(Consequences.Claim::value)
                .containsExactly(LongNode.valueOf(900));
    }

    @Test
    void a_computed_value_that_the_parameter_does_not_take_is_a_failure_of_its_rule() {
        RuleDocument document = RuleDocument.compile("computed", computing("cpu.weight", "$m.value * 100000"));

        RulePass pass = run(document, facts());

        assertThat(pass.claims()).isEmpty();
        assertThat(pass.requests()).extracting(Consequences.Request::personaId).containsExactly("other");
        assertThat(pass.failures())
                .containsExactly(new RulePass.Failure(
                        "computed",
                        "computing",
                        "`cpu.weight` must be a whole number from 1 to 10000, but is `90000`"));
    }

    @Test
    void personas_that_there_are_not_are_told_with_their_place() {
        RuleDocument document = RuleDocument.compile(
                "names",
                HEAD
                        + """
                        rule "x" @persona("nihgt") dialect "mvel" when $m : Metric() then
                            consequences.activate("night", "r");
                            consequences.activate("day-light", "r");
                            consequences.activate($m.name, "r");
                        end
                        """);

        assertThat(document.unknownPersonas(Set.of("night", "daylight")))
                .containsExactly(
                        "line 11, column 27, rule `x`: there is no persona `day-light`, did you mean `daylight`?; until"
                                + " there is, the rule activates nothing",
                        "rule `x` runs where persona `nihgt` applies, and there is no such persona");
    }

    private static String computing(String parameter, String value) {
        return HEAD
                + """
                rule "computing" dialect "mvel" when $m : Metric() then consequences.set("%s", %s, 1, "r"); end
                rule "other" dialect "mvel" when Metric() then consequences.activate("other", "r"); end
                """
                        .formatted(parameter, value);
    }

    private static List<Object> metricsAndEvents(int metrics, int events) {
        List<Object> facts = new ArrayList<>();
        for (int i = 0; i < metrics; i++) {
            facts.add(new Metric("m" + i, i, AT, NOW));
        }
        for (int i = 0; i < events; i++) {
            facts.add(new Event("e" + i, "/siem", Map.of(), JsonNodeFactory.instance.objectNode()));
        }
        return facts;
    }

    private static RulePass run(RuleDocument document, List<?> facts) {
        return document.run(new ListedFacts(facts));
    }

    private static List<Object> facts() {
        return List.of(
                new Instance("i-1", Set.of("db")),
                new Metric("m", 0.9, AT, NOW),
                new Window("p", "always", true),
                new Event(
                        "alert",
                        "/siem",
                        Map.of("severity", "high"),
                        JsonNodeFactory.instance
                                .objectNode()
                                .put("why", "because")
                                .set("score", IntNode.valueOf(7))),
                new UserSession("alice", Set.of("wheel")),
                new Activation("p", 100, AT, NOW));
    }
}
