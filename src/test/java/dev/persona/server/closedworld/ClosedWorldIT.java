package dev.persona.server.closedworld;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Judges what the packaged programs did while the integration tests ran, which go before this: would it have gone in a
 * native executable too?
 */
@Tag("closed-world")
class ClosedWorldIT {
    @ParameterizedTest
    @ValueSource(strings = {"server", "agent"})
    void every_reflective_access_is_covered_by_the_metadata_of_the_native_build(String program) throws IOException {
        Metadata metadata = metadata(program);

        List<String> gaps = world(program, metadata).gaps(accesses(program));

        assertThat(accesses(program)).hasSizeGreaterThan(500);
        assertThat(gaps).as("what a native executable of the %s lacks", program).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"server", "agent"})
    void no_class_is_made_at_run_time(String program) throws IOException {
        List<Path> logs = recorded(program + ".classes.");

        List<String> made = new ArrayList<>();
        for (Path log : logs) {
            made.addAll(LoadedClasses.madeAtRunTime(log));
        }

        assertThat(logs).isNotEmpty();
        assertThat(made).isEmpty();
    }

    @Test
    void each_class_that_rules_name_is_missed_when_it_is_left_out() throws IOException {
        List<String> names = List.of(
                "dev.persona.server.rule.Metric",
                "dev.persona.server.rule.Consequences",
                "dev.persona.server.decision.MachineMemory",
                "org.drools.core.base.accumulators.SumAccumulateFunction",
                "org.drools.mvel.evaluators.SoundslikeEvaluatorsDefinition",
                "org.hibernate.persister.entity.SingleTableEntityPersister");
        Metadata all = metadata("server");

        for (String name : names) {
            assertThat(world("server", all.without(name)).gaps(accesses("server")))
                    .singleElement()
                    .asString()
                    .startsWith(name + ": add to reflect-config.json {\"name\": \"" + name + "\"");
        }
    }

    private static Metadata metadata(String program) throws IOException {
        return Metadata.of(RecordingSession.PROGRAMS.get(program).resolve("native-sources"));
    }

    private static ClosedWorld world(String program, Metadata metadata) throws IOException {
        List<URL> classPath = new ArrayList<>();
        for (Path jar :
                RecordingSession.jars(RecordingSession.PROGRAMS.get(program).resolve("quarkus-app"))) {
            classPath.add(jar.toUri().toURL());
        }
        return new ClosedWorld(metadata, new URLClassLoader(classPath.toArray(URL[]::new), null));
    }

    private static Stream<Access> accesses(String program) throws IOException {
        Set<Access> accesses = new HashSet<>();
        for (Path file : recorded(program + ".accesses.")) {
            accesses.addAll(Access.read(file));
        }
        return accesses.stream();
    }

    private static List<Path> recorded(String start) throws IOException {
        try (Stream<Path> files = Files.list(RecordingSession.FOLDER)) {
            return files.filter(file -> file.getFileName().toString().startsWith(start))
                    .toList();
        }
    }
}
