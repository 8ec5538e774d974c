package dev.persona.server.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.persona.server.parameter.ParameterCatalogue;
import dev.persona.server.persona.Persona;
import dev.persona.server.persona.PersonaReader;
import dev.persona.server.persona.PersonaWriter;
import dev.persona.server.platform.Faults;
import dev.persona.server.rule.Policy;
import dev.persona.server.trigger.TriggerReader;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a recording explains is what the machine itself explained at that instant, whatever the story. */
class RecordingPropertyTest {
    private static final int CASES = Integer.getInteger("property.cases", 600);
    private static final long SEED = Long.getLong("property.seed", 20_260_303L);
    private static final PersonaReader READER =
            new PersonaReader(new ParameterCatalogue(), new TriggerReader(ZoneId.of("Pacific/Auckland")));

    @Test
    void a_recording_explains_each_instant_as_the_machine_did() {
        int compared = 0;
        for (int i = 0; i < CASES; i++) {
            long seed = SEED + i;
            SplittableRandom random = new SplittableRandom(seed);
            Story story = new RandomStory(random).story();
            if (canBeSaved(story)) {
                compared += compare(story, random, "-Dproperty.cases=1 -Dproperty.seed=" + seed);
            }
        }
        assertThat(compared).as("instants compared").isGreaterThan(CASES);
    }

    private static int compare(Story story, SplittableRandom random, String name) {
        InstanceMachine machine = new InstanceMachine(
                "i-1", story.staleAfter(), policy(story.subject()), Optional.empty(), story.start());
        Recorder recorder = new Recorder(machine);
        TreeMap<Instant, Explanation> expected = new TreeMap<>();
        for (var entry : story.batches().entrySet()) {
            Instant between = entry.getKey().minusMillis(random.nextInt(1, 3_000));
            if (random.nextInt(3) == 0 && between.isAfter(machine.now())) {
                recorder.record(between, List.of());
                machine.advance(between, List.of());
                expected.put(between, machine.explanation());
            }
            Story.Batch batch = entry.getValue();
            List<Input> inputs = new ArrayList<>(batch.inputs());
            batch.orders().ifPresent(inputs::add);
            batch.subject()
                    .map(subject -> new Input.PolicyChange(policy(subject)))
                    .ifPresent(inputs::add);
            if (random.nextInt(6) == 0) {
                recorder.end();
            }
            recorder.record(entry.getKey(), inputs);
            machine.advance(entry.getKey(), inputs);
            expected.put(entry.getKey(), machine.explanation());
        }
        List<Recording> recordings = Stream.concat(recorder.complete().stream(), Stream.of(recorder.current()))
                .toList();
        int compared = 0;
        for (var entry : expected.entrySet()) {
            Instant at = entry.getKey();
            Optional<Recording> recording =
                    recordings.stream().filter(piece -> piece.covers(at)).findFirst();
            if (recording.isPresent()) {
                assertThat(recording.get().explain(at, READER, List.of()))
                        .as("%s at %s", name, at)
                        .isEqualTo(entry.getValue());
                compared++;
            } else {
                assertThat(at)
                        .as("%s: only what waited too long is lost", name)
                        .isBefore(recordings.get(0).begins().plusNanos(1_000));
            }
        }
        return compared;
    }

    private static boolean canBeSaved(Story story) {
        return Stream.concat(
                        story.subject().personas().stream(),
                        story.batches().values().stream()
                                .flatMap(batch -> batch.subject().stream())
                                .flatMap(subject -> subject.personas().stream()))
                .allMatch(RecordingPropertyTest::canBeSaved);
    }

    private static boolean canBeSaved(Persona persona) {
        return READER.read(PersonaWriter.write(persona), "", new Faults(), persona.createdAt())
                .isPresent();
    }

    private static Policy policy(Story.Subject subject) {
        return Policy.compile(subject.groups(), subject.personas(), List.of());
    }
}
