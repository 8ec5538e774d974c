package dev.persona.server.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import dev.persona.server.platform.Fault;
import dev.persona.server.platform.PolicyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.drools.drl.parser.DrlParser;
import org.drools.drl.parser.DroolsParserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RuleDocumentTest {
    private static final Instant AT = Instant.parse("2026-03-02T08:00:00Z");
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

        Consequences consequences = run(document, facts());

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
                        .allSatisfy(fault -> assertThat(fault.detail()).startsWith("line 9, rule `x`: ")));
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
    void the_example_in_the_documentation_compiles() throws IOException {
        String page = Files.readString(Path.of("docs/custom-rules.md"));
        String example = page.substring(page.indexOf("```java") + 7, page.indexOf("```", page.indexOf("```java") + 7));
        RuleDocument document = RuleDocument.compile("example", example);

        Consequences consequences = run(
                document,
                List.of(new UserSession("alice", Set.of("dba")), new Activation("db-high-performance", 100, AT)));

        assertThat(consequences.requests()).hasSize(1);
        assertThat(consequences.claims()).hasSize(1);
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

        Consequences consequences = run(document, facts());

        assertThat(consequences.requests())
                .extracting(Consequences.Request::personaId)
                .containsExactly("y");
        assertThat(consequences.claims()).isEmpty();
    }

    @Test
    void rules_that_nobody_reviewed_and_that_fire_without_end_are_stopped_too() throws DroolsParserException {
        String drl = HEAD + "rule \"loop\" dialect \"mvel\" when $m : Metric() then insert($m); update($m); end";
        RuleDocument endless = new RuleDocument(
                "endless", ((Engine.Compilation.Compiled) Engine.compile(new DrlParser().parse(false, drl))).rules());

        Consequences consequences = run(endless, facts());

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
        for (int i = 0; i < 110; i++) {
            many.add(new Metric("m" + i, i, AT));
            many.add(new Event("alert", "/siem", Map.of(), JsonNodeFactory.instance.objectNode()));
        }
        Consequences consequences = new Consequences();

        flooding.run(many, consequences);
        good.run(facts(), consequences);

        assertThat(consequences.requests())
                .extracting(Consequences.Request::personaId)
                .containsExactly("y");
    }

    @Test
    void the_rule_that_ships_concerns_only_where_its_persona_applies() {
        RuleDocument document = RuleDocuments.shipped().get(0);

        Consequences consequences = run(
                document,
                List.of(
                        new Metric("system.memory.utilization", 0.95, AT),
                        new Metric("system.paging.utilization", 0.7, AT)));

        assertThat(document.concerns(Set.of("other"))).isFalse();
        assertThat(document.concerns(Set.of("memory-pressure", "other"))).isTrue();
        assertThat(consequences.requests())
                .extracting(Consequences.Request::personaId)
                .containsExactly("memory-pressure");
    }

    private static Consequences run(RuleDocument document, Iterable<Object> facts) {
        Consequences consequences = new Consequences();
        document.run(facts, consequences);
        return consequences;
    }

    private static List<Object> facts() {
        return List.of(
                new Instance("i-1", Set.of("db"), AT),
                new Metric("m", 0.9, AT),
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
                new Activation("p", 100, AT));
    }
}
