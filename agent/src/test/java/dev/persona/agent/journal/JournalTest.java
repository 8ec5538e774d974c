package dev.persona.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.persona.agent.platform.Content;
import dev.persona.agent.platform.DurableFiles;
import dev.persona.agent.platform.LinuxFiles;
import dev.persona.agent.platform.Ownership;
import dev.persona.agent.platform.SimulatedFiles;
import dev.persona.agent.platform.Snapshot;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    private static final Instant AT = Instant.parse("2026-03-02T08:00:00Z");

    @TempDir
    Path folder;

    @Test
    void originals_are_read_back_as_they_were_saved() throws IOException {
        List<Original> saved = List.of(
                original("sysctl.vm.swappiness", Snapshot.of(Content.of("60\n"))),
                original("file.fresh", Snapshot.absent()),
                original(
                        "file.binary",
                        Snapshot.of(Content.of(new byte[] {0, (byte) 0xff, '\n'}), new Ownership(7, 8, 04755))),
                original("file.text", Snapshot.of(Content.of("line\n\"Grüße\"\r\n\u2028"), new Ownership(0, 0, 0600))));

        open().save(saved);

        assertThat(open().originals()).isEqualTo(saved);
        assertThat(open().warnings()).isEmpty();
    }

    @Test
    void forgotten_originals_are_gone_after_the_next_start_too() throws IOException {
        Journal journal = open();
        journal.save(List.of(value("a", "1"), value("b", "2")));

        journal.forget(List.of("a", "never saved"));

        assertThat(journal.originals()).containsExactly(value("b", "2"));
        assertThat(open().originals()).containsExactly(value("b", "2"));
    }

    @Test
    void a_torn_tail_costs_the_torn_record_only_and_is_set_aside() throws IOException {
        open().save(List.of(value("a", "1")));
        byte[] whole = Files.readAllBytes(file());
        open().save(List.of(value("b", "2")));
        byte[] longer = Files.readAllBytes(file());

        for (int length = whole.length + 1; length < longer.length; length++) {
            Files.write(file(), Arrays.copyOf(longer, length));

            Journal journal = open();

            assertThat(journal.originals()).containsExactly(value("a", "1"));
            assertThat(journal.warnings())
                    .singleElement()
                    .asString()
                    .startsWith("1 of the lines in `" + file() + "` can't be read; the file was set aside as");
            assertThat(folder.resolve("originals.journal.unreadable")).hasSize(length);
            assertThat(open().warnings()).isEmpty();
        }
    }

    @Test
    void what_is_saved_after_a_torn_tail_was_found_can_be_read() throws IOException {
        open().save(List.of(value("a", "1")));
        Files.writeString(file(), "torn", StandardOpenOption.APPEND);

        open().save(List.of(value("b", "2")));

        assertThat(open().originals()).containsExactly(value("a", "1"), value("b", "2"));
    }

    @Test
    void a_damaged_byte_anywhere_costs_its_record_only() throws IOException {
        List<Original> saved = List.of(value("a", "1"), value("b", "2"), value("c", "3"));
        open().save(saved);
        byte[] whole = Files.readAllBytes(file());

        for (int at = 0; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 0x15;
            Files.write(file(), damaged);

            Journal journal = open();

            assertThat(saved).as("byte " + at).containsAll(journal.originals());
            assertThat(journal.originals()).as("byte " + at).hasSizeGreaterThanOrEqualTo(1);
            assertThat(journal.warnings()).as("byte " + at).hasSize(1);
        }
    }

    @Test
    void a_file_of_mostly_history_is_replaced_by_a_compact_one() throws IOException {
        Journal journal = open();
        journal.save(List.of(value("kept", "k")));
        String large = "x".repeat(10_000);
        for (int round = 0; round < 50; round++) {
            journal.save(List.of(value("changing", large)));
            journal.forget(List.of("changing"));
        }

        assertThat(Files.size(file())).isLessThan(2L * Journal.SMALL_BYTES);
        assertThat(open().originals()).containsExactly(value("kept", "k"));
    }

    @Test
    void the_number_of_originals_is_limited_and_the_message_says_what_to_do() throws IOException {
        Journal journal = open();
        journal.save(IntStream.range(0, Journal.MAX_ORIGINALS)
                .mapToObj(index -> value("p" + index, "v"))
                .toList());

        assertThatThrownBy(() -> journal.save(List.of(value("more", "v"))))
                .hasMessage("the journal holds 1000 originals, and 1000 at most; roll back to empty it");
    }

    @Test
    void an_original_that_could_not_be_saved_does_not_count_and_can_be_saved_later() throws IOException {
        SimulatedFiles files = new SimulatedFiles(Path.of("/host"));
        Path file = Path.of("/state/originals.journal");
        files.createFolders(file.getParent());
        Journal journal = Journal.open(new DurableFiles(files), file);
        journal.save(List.of(value("a", "1")));
        files.meet(
                (operation, what, path) -> {
                    if (what.equals("sync") && operation <= 2) {
                        throw new FileSystemException(path.toString(), null, "Input/output error");
                    }
                },
                new SplittableRandom(1));

        assertThatThrownBy(() -> journal.save(List.of(value("b", "2")))).hasMessageContaining("Input/output error");
        assertThat(journal.originals()).containsExactly(value("a", "1"));
        journal.save(List.of(value("b", "3")));

        assertThat(Journal.open(new DurableFiles(files), file).originals())
                .containsExactly(value("a", "1"), value("b", "3"));
    }

    @Test
    void power_lost_at_any_operation_loses_nothing_that_was_saved_and_revives_nothing_that_was_forgotten()
            throws IOException {
        for (int seed = 0; seed < 500; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            SimulatedFiles files = new SimulatedFiles(Path.of("/host"));
            Path file = Path.of("/state/originals.journal");
            files.createFolders(file.getParent());
            int end = 1 + random.nextInt(120);
            files.meet(
                    (operation, what, path) -> {
                        if (operation == end) {
                            throw new SimulatedFiles.Killed();
                        }
                    },
                    random);
            Map<String, Original> certain = new LinkedHashMap<>();
            List<String> uncertain = new ArrayList<>();
            try {
                work(Journal.open(new DurableFiles(files), file), random, certain, uncertain);
            } catch (SimulatedFiles.Killed killed) {
                files.losePower();
            }

            List<Original> found = Journal.open(new DurableFiles(files), file).originals();

            assertThat(found.stream().filter(original -> !uncertain.contains(original.parameter())))
                    .as("seed " + seed)
                    .containsExactlyInAnyOrderElementsOf(certain.values().stream()
                            .filter(original -> !uncertain.contains(original.parameter()))
                            .toList());
        }
    }

    /** @param uncertain what the last call, if it does not return, saves or forgets */
    private static void work(
            Journal journal, SplittableRandom random, Map<String, Original> certain, List<String> uncertain)
            throws IOException {
        for (int round = 0; round < 100; round++) {
            String parameter = "p" + random.nextInt(6);
            uncertain.add(parameter);
            if (certain.containsKey(parameter)) {
                journal.forget(List.of(parameter));
                certain.remove(parameter);
            } else {
                Original original = value(parameter, "v".repeat(random.nextInt(30_000)));
                journal.save(List.of(original));
                certain.put(parameter, original);
            }
            uncertain.clear();
        }
    }

    private Journal open() throws IOException {
        return Journal.open(new DurableFiles(new LinuxFiles()), file());
    }

    private Path file() {
        return folder.resolve("originals.journal");
    }

    private static Original value(String parameter, String text) {
        return original(parameter, Snapshot.of(Content.of(text)));
    }

    private static Original original(String parameter, Snapshot snapshot) {
        return new Original(parameter, snapshot, AT, "boot", 8);
    }
}
