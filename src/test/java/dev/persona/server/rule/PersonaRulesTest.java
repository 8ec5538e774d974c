package dev.persona.server.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.persona.server.persona.Persona;
import dev.persona.server.rule.InstanceFacts.Standing;
import dev.persona.server.trigger.Truth;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class PersonaRulesTest {
    private final Policy policy = Policy.compile(Set.copyOf(RandomPersonas.GROUPS), personas(), List.of());

    @Test
    void each_of_many_threads_gets_its_own_answer() throws Exception {
        List<Callable<List<Persona>>> questions = new ArrayList<>();
        List<List<Persona>> expected = new ArrayList<>();
        for (long seed = 0; seed < 400; seed++) {
            InstanceFacts facts = facts(seed);
            questions.add(() -> policy.holding(facts));
            expected.add(holding(facts(seed)));
        }
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<List<Persona>>> answers = threads.invokeAll(questions);

            for (int i = 0; i < questions.size(); i++) {
                assertThat(answers.get(i).get()).as("question %d", i).isEqualTo(expected.get(i));
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void after_a_failure_it_answers_as_before() {
        List<Persona> before = policy.holding(facts(1));
        List<Truth> tooFew = List.of();

        assertThatThrownBy(() -> policy.holding(new InstanceFacts(policy, tooFew, inactive())))
                .isInstanceOf(RuntimeException.class);

        assertThat(policy.holding(facts(1))).isNotEmpty().isEqualTo(before);
    }

    /** The personas whose activation triggers hold, without Drools. */
    private List<Persona> holding(InstanceFacts facts) {
        return policy.personas().stream()
                .filter(persona -> PersonaRule.of(persona, policy.rank(persona.personaId()), 0, policy::indexOf)
                        .holds(facts))
                .toList();
    }

    private InstanceFacts facts(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Truth> truths = policy.leaves().stream()
                .map(leaf -> Truth.values()[random.nextInt(3)])
                .toList();
        return new InstanceFacts(policy, truths, inactive());
    }

    private List<Standing> inactive() {
        return policy.personas().stream()
                .map(persona -> new Standing(false, false, true, false))
                .toList();
    }

    private static List<Persona> personas() {
        RandomPersonas texts = new RandomPersonas(new SplittableRandom(3), Instant.EPOCH);
        List<Persona> personas = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            personas.add(texts.persona("p-" + i, 1));
        }
        return personas;
    }
}
