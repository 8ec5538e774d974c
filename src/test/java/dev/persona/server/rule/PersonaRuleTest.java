package dev.persona.server.rule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.persona.server.persona.Persona;
import dev.persona.server.rule.InstanceFacts.Standing;
import dev.persona.server.trigger.Truth;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
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
