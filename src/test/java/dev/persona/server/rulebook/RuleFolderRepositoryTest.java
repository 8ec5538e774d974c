package dev.persona.server.rulebook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.persona.server.persona.PersonaSource;
import dev.persona.server.platform.PageRequest;
import dev.persona.server.platform.Revision;
import dev.persona.server.rule.RuleDocument;
import dev.persona.server.rule.RulesChanged;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.context.ManagedExecutor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of the files of the configured folder. */
@QuarkusTest
class RuleFolderRepositoryTest {
    @Inject
    RuleRepository repository;

    @Inject
    PersonaSource personas;

    @Inject
    Event<RulesChanged> changes;

    @Inject
    Clock clock;

    @Inject
    MeterRegistry metrics;

    @Inject
    ManagedExecutor workers;

    private Path folder;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createTempDirectory(Path.of("target"), "rules");
        clear();
    }

    @AfterEach
    void clear() {
        repository.texts().forEach(text -> repository.store(Optional.of(text), Optional.empty(), Optional.empty(), 1));
        repository.stops().keySet().forEach(name -> repository.store(name, Optional.empty()));
    }

    @Test
    void files_are_in_force_from_the_start_and_changes_are_taken_over() throws IOException {
        write("night", good("one"));
        Rulebook rulebook = started(Optional.of(folder));

        assertThat(inForce(rulebook)).containsExactly("memory-pressure", "night");

        write("night", good("two"));
        write("day", good("three"));
        Files.writeString(folder.resolve("README.md"), "not DRL");
        Files.writeString(folder.resolve(".hidden.drl"), "an editor's");
        rulebook.readFolder();

        assertThat(inForce(rulebook)).containsExactly("day", "memory-pressure", "night");
        assertThat(ruleNames(rulebook, "night")).containsExactly("two");
        assertThat(rulebook.get("night").text().revision()).isEqualTo(2);
        assertThat(rulebook.view(rulebook.get("night")).origin()).isEqualTo("directory");
    }

    @Test
    void a_bad_file_is_reported_and_the_last_good_one_stays_also_after_a_restart() throws IOException {
        write("night", good("one"));
        Rulebook rulebook = started(Optional.of(folder));
        write("night", good("one") + "\nrule");

        rulebook.readFolder();
        Rulebook restarted = started(Optional.of(folder));

        for (Rulebook each : List.of(rulebook, restarted)) {
            assertThat(ruleNames(each, "night")).containsExactly("one");
            RuleView view = each.view(each.get("night"));
            assertThat(view.status()).isEqualTo("active");
            assertThat(view.errors()).isNotEmpty();
        }

        write("night", good("two"));
        restarted.readFolder();

        assertThat(ruleNames(restarted, "night")).containsExactly("two");
        assertThat(restarted.view(restarted.get("night")).errors()).isEmpty();
    }

    @Test
    void a_file_that_never_was_good_is_reported_under_its_name() throws IOException {
        write("night", "rule");
        Files.write(folder.resolve("bytes.drl"), new byte[] {(byte) 0xff});
        Files.writeString(folder.resolve("Bad Name.drl"), good("one"));
        write("long", "// " + "x".repeat(64 * 1024));
        Rulebook rulebook = started(Optional.of(folder));

        assertThat(inForce(rulebook)).containsExactly("memory-pressure");
        assertThat(rulebook.list(entry -> entry.status() == RuleEntry.Status.FAULTY, PageRequest.read(null, null))
                        .items())
                .extracting(RuleEntry::name)
                .containsExactly("Bad Name", "bytes", "long", "night");
        assertThat(errors(rulebook, "bytes")).containsExactly("the file isn't encoded in UTF-8");
        assertThat(errors(rulebook, "long").get(0)).contains("too long");
        assertThat(repository.texts()).isEmpty();

        write("night", good("one"));
        Files.delete(folder.resolve("bytes.drl"));
        rulebook.readFolder();

        assertThat(inForce(rulebook)).containsExactly("memory-pressure", "night");
        assertThat(rulebook.list(entry -> entry.name().equals("bytes"), PageRequest.read(null, null))
                        .items())
                .isEmpty();
    }

    @Test
    void the_rules_of_a_removed_file_go_and_so_do_all_if_there_is_no_folder_any_more() throws IOException {
        write("night", good("one"));
        write("day", good("two"));
        Rulebook rulebook = started(Optional.of(folder));

        Files.delete(folder.resolve("night.drl"));
        rulebook.readFolder();

        assertThat(inForce(rulebook)).containsExactly("day", "memory-pressure");
        assertThat(inForce(started(Optional.empty()))).containsExactly("memory-pressure");
        assertThat(repository.texts()).isEmpty();
    }

    @Test
    void a_folder_that_cannot_be_read_leaves_everything_as_it_was() throws IOException {
        write("night", good("one"));
        started(Optional.of(folder));
        Files.delete(folder.resolve("night.drl"));
        Files.delete(folder);

        assertThat(inForce(started(Optional.of(folder)))).containsExactly("memory-pressure", "night");
    }

    @Test
    void a_name_belongs_to_whoever_has_it_until_it_is_free() throws IOException {
        Rulebook rulebook = started(Optional.of(folder));
        rulebook.create(new RuleSubmission(Optional.of("night"), good("of the api"), Optional.empty()), false);
        write("night", good("of the file"));
        write("memory-pressure", good("of the file"));

        rulebook.readFolder();

        assertThat(ruleNames(rulebook, "night")).containsExactly("of the api");
        assertThat(errors(rulebook, "night"))
                .containsExactly("file `night.drl`: rules `night` exist already; PUT them to change them");
        assertThat(errors(rulebook, "memory-pressure").get(0)).contains("ship with the server");

        rulebook.delete("night", Revision.Expected.ANY);
        rulebook.readFolder();

        assertThat(ruleNames(rulebook, "night")).containsExactly("of the file");
    }

    private Rulebook started(Optional<Path> directory) {
        Map<String, String> properties = directory
                .map(path -> Map.of("persona.rules.directory", path.toString()))
                .orElse(Map.of());
        RulesConfig config = new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withSources(new PropertiesConfigSource(properties, "test", 1_000))
                .withMapping(RulesConfig.class)
                .build()
                .getConfigMapping(RulesConfig.class);
        Rulebook rulebook = new Rulebook(repository, personas, changes, config, clock, metrics, workers);
        rulebook.start();
        return rulebook;
    }

    private void write(String name, String drl) throws IOException {
        Files.writeString(folder.resolve(name + ".drl"), drl);
    }

    private static List<String> inForce(Rulebook rulebook) {
        return rulebook.rules().stream().map(RuleDocument::name).toList();
    }

    private static List<String> ruleNames(Rulebook rulebook, String name) {
        return rulebook.get(name).document().orElseThrow().ruleNames();
    }

    private static List<String> errors(Rulebook rulebook, String name) {
        return rulebook.view(rulebook.get(name)).errors().stream()
                .map(fault -> fault.detail())
                .toList();
    }

    private static String good(String rule) {
        return """
               import dev.persona.server.rule.*
               global dev.persona.server.rule.Consequences consequences
               rule "%s" dialect "mvel" when Metric() then consequences.activate("night", "why not"); end
               """
                .formatted(rule);
    }
}
