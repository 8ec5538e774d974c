package dev.persona.server.rule;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.IntNode;
import dev.persona.server.persona.Persona;
import dev.persona.server.rule.InstanceFacts.Standing;
import dev.persona.server.trigger.Glob;
import dev.persona.server.trigger.Trigger;
import dev.persona.server.trigger.Trigger.Threshold;
import dev.persona.server.trigger.Trigger.Threshold.Operator;
import dev.persona.server.trigger.Trigger.UserProfile;
import dev.persona.server.trigger.Truth;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.kie.api.KieBase;
import org.kie.api.runtime.KieSession;

class PersonaRuleTest {
    private static final Instant AROUND = Instant.parse("2026-03-02T08:00:00Z");
    private static final int PERSONAS = 30;
    private static final int ASSIGNMENTS = 60;

    @Test
    void the_text_of_a_rule_decides_as_the_rule_does() {
        for (long seed = 0; seed < PERSONAS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Persona persona = alwaysEnabled(new RandomPersonas(random, AROUND).persona("p-" + seed, 3));
            Policy policy = Policy.compile(persona.personaGroups(), List.of(persona), List.of());
            String text = PersonaRule.text(persona);
            KieBase compiled = TextPolicy.compile(text);
            for (int i = 0; i < ASSIGNMENTS; i++) {
                List<Truth> truths = new ArrayList<>();
                policy.leaves().forEach(leaf -> truths.add(Truth.values()[random.nextInt(3)]));
                Standing standing = new Standing(
                        random.nextBoolean(), random.nextBoolean(), random.nextBoolean(), random.nextInt(4) == 0);

                List<Persona> holding = policy.holding(new InstanceFacts(policy, truths, List.of(standing)));

                assertThat(run(compiled, new InstanceFacts(policy, truths, List.of(standing))))
                        .as("seed %d, truths %s, %s\n%s", seed, truths, standing, text)
                        .isEqualTo(holding);
            }
        }
    }

    @Test
    void rules_fire_in_order_of_rank() {
        SplittableRandom random = new SplittableRandom(7);
        RandomPersonas personas = new RandomPersonas(random, AROUND);
        List<Persona> all = new ArrayList<>();
        for (int i = 0; i < PERSONAS; i++) {
            all.add(alwaysEnabled(personas.persona("p-" + i, 1)));
        }
        Policy policy = Policy.compile(Set.copyOf(RandomPersonas.GROUPS), all, List.of());
        List<Truth> unknown =
                policy.leaves().stream().map(leaf -> Truth.UNKNOWN).toList();
        List<Standing> active = policy.personas().stream()
                .map(persona -> new Standing(true, true, false, false))
                .toList();

        List<Persona> holding = policy.holding(new InstanceFacts(policy, unknown, active));

        assertThat(holding).hasSize(PERSONAS).isEqualTo(policy.personas());
        assertThat(holding)
                .isSortedAccordingTo((one, other) -> one.priority() != other.priority()
                        ? Integer.compare(other.priority(), one.priority())
                        : one.personaId().compareTo(other.personaId()));
    }

    @Test
    void no_two_rules_have_the_same_salience_and_the_highest_is_that_of_the_first_in_rank() {
        RandomPersonas personas = new RandomPersonas(new SplittableRandom(7), AROUND);
        List<Persona> all = new ArrayList<>();
        for (int i = 0; i < PERSONAS; i++) {
            all.add(alwaysEnabled(personas.persona("p-" + i, 1)));
        }
        List<Integer> saliences = new ArrayList<>();

        Policy.compile(Set.copyOf(RandomPersonas.GROUPS), all, List.of(), RuleObserver.NOBODY, (rules, index) -> {
            rules.forEach(rule -> saliences.add(rule.salience()));
            return Engine.compile(rules.stream().map(PersonaRule::executable).toList());
        });

        assertThat(saliences).hasSize(PERSONAS).isSortedAccordingTo(Comparator.reverseOrder());
        assertThat(saliences).doesNotHaveDuplicates();
    }

    @Test
    void the_text_of_a_rule_says_what_it_does() {
        Threshold busy = new Threshold("cpu", Operator.GREATER, 0.8, Duration.ofMinutes(2), 0.8, Duration.ZERO);
        UserProfile dba = new UserProfile(Set.of(), Set.of(new Glob("dba")));
        Persona persona = new Persona(
                "db",
                "Database",
                "While it is busy.",
                new TreeSet<>(Set.of("db")),
                100,
                true,
                new TreeMap<>(Map.of("cpu.weight", IntNode.valueOf(800), "io.weight", IntNode.valueOf(5))),
                List.of(new Trigger.All(List.of(busy, dba)), dba),
                List.of(new Trigger.Not(busy)),
                Duration.ofMinutes(5),
                Duration.ofMinutes(10),
                7,
                AROUND,
                AROUND);

        assertThat(PersonaRule.text(persona))
                .isEqualTo(
                        """
                package dev.persona.rules

                import dev.persona.server.rule.InstanceFacts

                // Database, priority 100, revision 7
                // While it is busy.
                //
                // A trigger `holds` when it is known to be true and `fails` when it is known to be false;
                // on a metric that is not reported it does neither.
                //   t1: `cpu` > 0.8 for PT2M
                //   t2: user of group `dba`
                rule "Persona `db` is active"
                    dialect "mvel"
                    // Rules of higher rank fire first, and the first claim of a parameter wins.
                    salience 1
                when
                    $instance : InstanceFacts(
                        // It begins once an activation trigger holds and `cooldown` (PT10M) has passed,
                        (!active("db") && mayBegin("db")
                            && (requested("db") || ((holds("t1") && holds("t2")) || holds("t2"))))
                        // and stays unless all of them fail, a deactivation trigger holds and `minimum_active` (PT5M) has passed.
                        || (active("db") && !(mayEnd("db")
                            && !requested("db") && ((fails("t1") || fails("t2")) && fails("t2")) && (fails("t1")))))
                then
                    // cpu.weight = 800
                    // io.weight = 5
                    $instance.claim("db");
                end
                """);
    }

    @Test
    void a_persona_that_nothing_ends_says_so() {
        Persona persona = new Persona(
                "p",
                "P",
                "",
                new TreeSet<>(Set.of("db")),
                1,
                true,
                new TreeMap<>(),
                List.of(),
                List.of(),
                Duration.ZERO,
                Duration.ZERO,
                1,
                AROUND,
                AROUND);

        assertThat(PersonaRule.text(persona))
                .startsWith("package dev.persona.rules\n\nimport dev.persona.server.rule.InstanceFacts\n\n"
                        + "// P, priority 1, revision 1\n//\n// A trigger `holds`")
                .contains("(requested(\"p\") || false)")
                .contains("&& !requested(\"p\") && true && true)))")
                .contains("// and stays unless all of them fail and `minimum_active` (PT0S) has passed.");
    }

    @Test
    void what_an_author_wrote_stays_in_its_comment() {
        Persona persona = new RandomPersonas(new SplittableRandom(1), AROUND).persona("p", 1);
        Persona sly = new Persona(
                "p",
                "Sly\nrule \"x\" when then System.exit(1); end\u2028\r//",
                "*/ end",
                persona.personaGroups(),
                1,
                true,
                persona.configurationParameters(),
                persona.activationTriggers(),
                persona.deactivationTriggers(),
                persona.minimumActive(),
                persona.cooldown(),
                1,
                AROUND,
                AROUND);

        String text = PersonaRule.text(sly);

        assertThat(text.lines().filter(line -> line.contains("System.exit"))).allMatch(line -> line.startsWith("//"));
        assertThat(TextPolicy.compile(text).getRule(Engine.RULE_PACKAGE, "Persona `p` is active"))
                .isNotNull();
    }

    private static List<Persona> run(KieBase rules, InstanceFacts facts) {
        KieSession session = rules.newKieSession();
        try {
            session.insert(facts);
            session.fireAllRules();
            return facts.holding();
        } finally {
            session.dispose();
        }
    }

    private static Persona alwaysEnabled(Persona persona) {
        return new Persona(
                persona.personaId(),
                persona.personaName(),
                persona.description(),
                persona.personaGroups(),
                persona.priority(),
                true,
                persona.configurationParameters(),
                persona.activationTriggers(),
                persona.deactivationTriggers(),
                persona.minimumActive(),
                persona.cooldown(),
                persona.revision(),
                persona.createdAt(),
                persona.updatedAt());
    }
}
