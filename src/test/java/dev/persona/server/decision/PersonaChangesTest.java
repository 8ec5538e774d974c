package dev.persona.server.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.persona.server.persona.Persona;
import dev.persona.server.rule.PolicyCache;
import dev.persona.server.rule.RandomPersonas;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A thousand changes of personas, each compiled and judged on every instance, leave nothing behind. */
class PersonaChangesTest {
    private static final int WARM_UP = 300;
    private static final int CHANGES = 500;

    /** In bytes; 4 KB for each change. A policy that was kept would be a hundred times that. */
    private static final long MAXIMUM_GROWTH = 4_096 * CHANGES;

    /** The JDK makes a class for a method handle of its own when that is used much: once, however many changes there are. */
    private static final int MAXIMUM_CLASSES = 10;

    private final SplittableRandom random = new SplittableRandom(4);
    private final RandomPersonas texts = new RandomPersonas(random, Instant.EPOCH);
    private final List<Persona> personas = new ArrayList<>();
    private final PolicyCache policies = new PolicyCache(() -> personas, List.of());
    private final List<InstanceMachine> machines = new ArrayList<>();
    private Instant now = Instant.EPOCH;
    private int changes;

    @TempDir
    Path directory;

    @Test
    void a_thousand_changes_of_personas_make_no_classes_and_do_not_grow_the_heap()
            throws IOException, InterruptedException {
        for (int i = 0; i < 40; i++) {
            personas.add(texts.persona("p-" + i, 1));
        }
        for (int i = 0; i < 6; i++) {
            machines.add(new InstanceMachine(
                    "i-" + i, Duration.ofSeconds(30), policies.forGroups(groups(i)), Optional.empty(), now));
        }
        change(WARM_UP);

        long before = liveHeap();
        List<String> made = classesMadeBy(() -> change(CHANGES));
        long between = liveHeap();
        made.addAll(classesMadeBy(() -> change(CHANGES)));
        long after = liveHeap();

        assertThat(changes).isEqualTo(WARM_UP + 2 * CHANGES);
        assertThat(machines).allMatch(machine -> machine.decision().revision() > CHANGES / 10);
        assertThat(made).as("classes made").hasSizeLessThan(MAXIMUM_CLASSES);
        assertThat(after - between)
                .as("growth of the live heap in bytes; %d in the first half", between - before)
                .isLessThan(MAXIMUM_GROWTH);
    }

    @Test
    void a_class_that_is_made_is_noticed() throws IOException, InterruptedException {
        assertThat(classesMadeBy(() -> {
                    Runnable hidden = () -> {};
                    hidden.run();
                }))
                .isNotEmpty();
    }

    /** Changes one persona after the other; each time every instance takes the policy that follows, and a report. */
    private void change(int count) {
        for (int i = 0; i < count; i++) {
            int which = changes++ % personas.size();
            Persona before = personas.get(which);
            Persona after = texts.persona(before.personaId(), before.revision() + 1);
            personas.set(which, after);
            policies.drop(before.personaGroups());
            policies.drop(after.personaGroups());
            now = now.plusSeconds(10);
            for (InstanceMachine machine : machines) {
                machine.advance(
                        now,
                        List.of(
                                new Input.PolicyChange(
                                        policies.forGroups(machine.policy().groups())),
                                new Input.Metrics(Map.of("m1", value(), "m2", value(), "m3", value()))));
            }
        }
    }

    private double value() {
        return random.nextInt(10);
    }

    private static Set<String> groups(int instance) {
        return switch (instance % 3) {
            case 0 -> Set.of("db");
            case 1 -> Set.of("web");
            default -> Set.of("db", "web");
        };
    }

    private static long liveHeap() {
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /**
     * The classes that something defines on a thread of its own without there being a file of them. What there is a file of may be
     * read at any time, once: the JIT compiler asks for all types in the signature of a method that it compiles.
     */
    private List<String> classesMadeBy(Runnable something) throws IOException, InterruptedException {
        Path file = directory.resolve("classes.jfr");
        Thread worker = new Thread(something);
        try (Recording recording = new Recording()) {
            recording.enable("jdk.ClassLoad").withoutStackTrace();
            recording.start();
            worker.start();
            worker.join();
            recording.stop();
            recording.dump(file);
        }
        List<String> names = new ArrayList<>();
        for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
            if (event.getEventType().getName().equals("jdk.ClassLoad")
                    && event.getThread().getJavaThreadId() == worker.getId()) {
                String name = event.getClass("loadedClass").getName();
                if (ClassLoader.getSystemResource(name.replace('.', '/') + ".class") == null) {
                    names.add(name);
                }
            }
        }
        Files.delete(file);
        return names;
    }
}
