package dev.persona.server.closedworld;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Has a small program do what a native executable can't, and looks whether it is caught. */
class ClosedWorldTest {
    private static final String SUBJECT = "dev.persona.server.closedworld.Culprit$Subject";

    @TempDir
    Path folder;

    @Test
    void what_is_registered_may_be_reflected_on() throws Exception {
        Metadata metadata = metadata(
                """
                [{"name": "%s", "allDeclaredConstructors": true, "allDeclaredFields": true,
                  "methods": [{"name": "answer", "parameterTypes": ["int"]}]}]
                """
                        .formatted(SUBJECT));

        assertThat(gaps("reflect", metadata)).isEmpty();
    }

    @Test
    void an_entry_that_is_missing_is_named_with_all_that_it_must_hold() throws Exception {
        assertThat(gaps("reflect", metadata("[]")))
                .singleElement()
                .asString()
                .startsWith(
                        SUBJECT + ": add to reflect-config.json {\"name\": \"" + SUBJECT + "\", "
                                + "\"methods\": [{\"name\": \"<init>\", \"parameterTypes\": []}, "
                                + "{\"name\": \"answer\", \"parameterTypes\": [\"int\"]}], \"fields\": [{\"name\": \"count\"}]}")
                .contains("needed by dev.persona.server.closedworld.Culprit#reflect@");
    }

    @Test
    void a_member_that_is_missing_is_caught_though_its_class_is_there() throws Exception {
        Metadata metadata = metadata(
                """
                [{"name": "%s", "allDeclaredConstructors": true, "allDeclaredFields": true,
                  "methods": [{"name": "answer", "parameterTypes": ["long"]}]}]
                """
                        .formatted(SUBJECT));

        assertThat(gaps("reflect", metadata)).singleElement().asString().startsWith(SUBJECT + ": ");
    }

    @Test
    void a_resource_and_a_proxy_and_a_serialized_class_are_caught() throws Exception {
        assertThat(gaps("gather", metadata("[]")))
                .anySatisfy(gap -> assertThat(gap)
                        .startsWith("(java.lang.Runnable): add to proxy-config.json [\"java.lang.Runnable\"]"))
                .anySatisfy(
                        gap -> assertThat(gap)
                                .startsWith(
                                        "application.properties: add to quarkus.native.resources.includes application.properties"))
                .anySatisfy(gap ->
                        assertThat(gap).startsWith("serialized " + SUBJECT + ": add to serialization-config.json"))
                .hasSize(3);
    }

    @Test
    void a_class_made_at_run_time_is_caught_twice() throws Exception {
        List<String> gaps = gaps("define", metadata("[]"));

        assertThat(gaps).singleElement().asString().contains("makes a class at run time");
        assertThat(LoadedClasses.madeAtRunTime(recorded("classes")))
                .anySatisfy(line -> assertThat(line).startsWith("dev.persona.server.closedworld.Made "));
    }

    @Test
    void a_class_made_by_a_class_loader_is_caught() throws Exception {
        gaps("load", metadata("[]"));

        assertThat(LoadedClasses.madeAtRunTime(recorded("classes")))
                .singleElement()
                .asString()
                .startsWith("dev.persona.server.closedworld.Made ");
    }

    @Test
    void lambdas_and_what_happens_while_a_class_is_initialized_are_no_gaps() throws Exception {
        assertThat(gaps("innocent", metadata("[]"))).isEmpty();
        assertThat(LoadedClasses.madeAtRunTime(recorded("classes"))).isEmpty();
    }

    private List<String> gaps(String deed, Metadata metadata) throws Exception {
        RecordingRuntime.write(folder.resolve("java.base"));
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(RecordingRuntime.options(
                folder.resolve("java.base"), folder.resolve("accesses"), folder.resolve("classes"), "none."));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Culprit.class.getName(), deed));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return new ClosedWorld(metadata, getClass().getClassLoader()).gaps(Access.read(recorded("accesses")).stream());
    }

    private Path recorded(String kind) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith(kind + "."))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** The metadata of a native build whose one jar has this reflect-config.json. */
    private Metadata metadata(String reflection) throws IOException {
        Path sources = Files.createDirectories(folder.resolve("native-sources"));
        Files.writeString(sources.resolve("native-image.args"), "-jar runner.jar");
        try (OutputStream file = Files.newOutputStream(sources.resolve("runner.jar"));
                ZipOutputStream jar = new ZipOutputStream(file)) {
            jar.putNextEntry(new ZipEntry("META-INF/native-image/a/b/reflect-config.json"));
            jar.write(reflection.getBytes(StandardCharsets.UTF_8));
        }
        return Metadata.of(sources);
    }
}
