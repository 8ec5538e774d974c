package dev.persona.server.decision;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.persona.server.rule.Policy;
import dev.persona.server.rule.TextPolicy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * The engine decides as its oracle does: on random stories, with inputs of one instant in any order, woken up at any
 * time, and stopped and restored in between; some with the personas' DRL text in place of their rules.
 *
 * <p>A case is one story with personas of its own. {@code -Dproperty.cases} and {@code -Dproperty.seed} ask for others.
 */
class InstanceMachinePropertyTest {
    private static final int CASES = Integer.getInteger("property.cases", 100_000);
    private static final long SEED = Long.getLong("property.seed", 20_260_302L);

    /** So many stories in one are told to personas compiled from their DRL text. */
    private static final int TEXT_EVERY = 50;

    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void the_engine_agrees_with_its_oracle() {
        long changes = LongStream.range(SEED, SEED + CASES)
                .parallel()
                .map(InstanceMachinePropertyTest::compare)
                .sum();

        assertThat(changes).as("decisions that change in all stories").isGreaterThan(CASES);
    }

    /** Tells one story to both; answers how often its decision changes. */
    private static int compare(long seed) {
        Story story = new RandomStory(new SplittableRandom(seed)).story();

        List<Oracle.Moment> expected = new Oracle(story).moments();
        boolean asText = seed % TEXT_EVERY == 0;
        List<Oracle.Moment> actual =
                run(story, subject -> policy(subject, asText), Optional.of(new Random(seed))).stream()
                        .map(InstanceMachinePropertyTest::moment)
                        .toList();

        assertThat(actual).as("-Dproperty.cases=1 -Dproperty.seed=%d", seed).isEqualTo(expected);
        return expected.size() - 1;
    }

    /**
     * Tells a story to a machine.
     *
     * @param disturbance shuffles the inputs of an instant, wakes the machine up in between, stores it, and restarts it
     *     from what is stored
     */
    static List<Decision> run(Story story, Function<Story.Subject, Policy> policies, Optional<Random> disturbance) {
        Policy policy = policies.apply(story.subject());
        InstanceMachine machine =
                new InstanceMachine("i-1", story.staleAfter(), policy, Optional.empty(), story.start());
        Stored stored = Stored.of(machine);
        List<Decision> decisions = new ArrayList<>();
        TreeMap<Instant, Story.Batch> batches = new TreeMap<>(story.batches());
        batches.putIfAbsent(story.until(), new Story.Batch(Optional.empty(), Optional.empty(), List.of()));
        for (Map.Entry<Instant, Story.Batch> entry : batches.entrySet()) {
            Story.Batch batch = entry.getValue();
            List<Input> inputs = new ArrayList<>(batch.inputs());
            batch.orders().ifPresent(inputs::add);
            if (batch.subject().isPresent()) {
                policy = policies.apply(batch.subject().get());
                inputs.add(new Input.PolicyChange(policy));
            }
            disturbance.ifPresent(random -> Collections.shuffle(inputs, random));
            if (disturbance.isPresent() && disturbance.get().nextInt(3) == 0) {
                Instant between = entry.getKey().minusMillis(disturbance.get().nextInt(1, 3_000));
                if (between.isAfter(machine.now())) {
                    decisions.addAll(machine.advance(between, List.of()));
                }
            }
            decisions.addAll(machine.advance(entry.getKey(), inputs));
            if (disturbance.isPresent() && disturbance.get().nextInt(4) == 0) {
                stored = stored.upTo(machine);
            }
            if (disturbance.isPresent() && disturbance.get().nextInt(4) == 0) {
                JsonNode snapshot = text(stored.upTo(machine).snapshot());
                machine = new InstanceMachine("i-1", story.staleAfter(), policy, Optional.of(snapshot), story.until());
                stored = Stored.of(machine);
            }
        }
        return decisions;
    }

    /** A machine as the server stores it: its snapshot anew only after a durable change, else what is latest. */
    private record Stored(JsonNode complete, long durableChanges, Optional<JsonNode> latest) {
        static Stored of(InstanceMachine machine) {
            return new Stored(machine.snapshot(), machine.durableChanges(), Optional.empty());
        }

        Stored upTo(InstanceMachine machine) {
            return machine.durableChanges() == durableChanges
                    ? new Stored(complete, durableChanges, Optional.of(machine.latest()))
                    : of(machine);
        }

        JsonNode snapshot() {
            return latest.map(last -> InstanceMachine.snapshot(complete, last)).orElse(complete);
        }
    }

    private static Policy policy(Story.Subject subject, boolean asText) {
        return asText
                ? TextPolicy.compile(subject.groups(), subject.personas())
                : Policy.compile(subject.groups(), subject.personas(), List.of());
    }

    /** As a database gives it back: by way of text. */
    private static JsonNode text(JsonNode snapshot) {
        try {
            return JSON.readTree(JSON.writeValueAsString(snapshot));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Oracle.Moment moment(Decision decision) {
        Map<String, String> configuration = new TreeMap<>();
        decision.configuration()
                .forEach((key, setting) -> configuration.put(key, setting.value() + " by " + setting.personaId()));
        List<String> shown = new ArrayList<>();
        decision.hold().ifPresent(hold -> shown.add("held " + hold));
        decision.activePersonas()
                .forEach(persona -> shown.add(persona.personaId() + " " + persona.priority() + " since "
                        + persona.since() + " " + persona.source()));
        List<String> conflicts = new ArrayList<>();
        decision.conflicts().forEach(conflict -> {
            List<String> setters = new ArrayList<>(List.of(conflict.winner()));
            setters.addAll(conflict.losers());
            conflicts.add(conflict.parameter() + ": " + setters);
        });
        Map<String, String> underneath = new TreeMap<>();
        decision.automatic()
                .configuration()
                .forEach((key, setting) -> underneath.put(key, setting.value() + " by " + setting.personaId()));
        List<String> automatic = decision.automatic().activePersonas().stream()
                .map(persona -> persona.personaId() + " " + persona.priority() + " since " + persona.since())
                .toList();
        return new Oracle.Moment(decision.at(), shown, configuration, conflicts, automatic + " " + underneath);
    }
}
