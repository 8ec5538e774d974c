package dev.persona.server.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import dev.persona.server.platform.PolicyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RuleDocumentTest {
    private static final Instant AT = Instant.parse("2026-03-02T08:00:00Z");
    private static final String HEAD =
            """
            package test
            import dev.persona.server.rule.*
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
                            UserSession(name matches "al.*", groups contains "wheel")
                            Activation(personaId == "p", priority > 10)
                        then
                            consequences.activate("q", "seen " + $metric.name + " of " + $instance.id());
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
    void a_compile_error_names_its_line() {
        assertThatThrownBy(
                        () -> RuleDocument.compile("broken", HEAD + "rule \"x\" when\n Metric(nam == 3)\nthen end\n"))
                .isInstanceOfSatisfying(PolicyException.class, e -> assertThat(e.faults())
                        .isNotEmpty()
                        .allSatisfy(fault -> assertThat(fault.detail()).startsWith("line ")));
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
                        rule "bad" dialect "mvel" salience 10 when Metric() then
                            consequences.activate("x", "before it fails");
                            consequences.set("cpu.weight", new Object(), 1, "no value");
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
    void a_rule_that_fires_without_end_is_stopped_and_harms_no_other_document() {
        RuleDocument endless = RuleDocument.compile(
                "endless",
                HEAD
                        + """
                        rule "loop" dialect "mvel" when $m : Metric() then insert($m); update($m); end
                        """);
        RuleDocument good = RuleDocument.compile(
                "good",
                HEAD + "rule \"good\" dialect \"mvel\" when Metric() then consequences.activate(\"y\", \"fine\"); end");
        Consequences consequences = new Consequences();

        endless.run(facts(), consequences);
        good.run(facts(), consequences);

        assertThat(consequences.requests()).hasSize(1);
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
