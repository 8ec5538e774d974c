package dev.persona.agent.activation;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.persona.agent.journal.Journal;
import dev.persona.agent.journal.Original;
import dev.persona.agent.platform.BootId;
import dev.persona.agent.platform.DurableDocument;
import dev.persona.agent.platform.DurableFiles;
import dev.persona.agent.platform.Failure;
import dev.persona.agent.platform.HostFiles;
import dev.persona.agent.platform.HostRoot;
import dev.persona.agent.protocol.ServerMessage;
import dev.persona.agent.protocol.ServerMessage.PersonaDefinition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What the agent knows across restarts: how things stand, the personas that may be pinned, the corrections made, and the
 * original values.
 *
 * <p>Originals have to be on disk before anything changes. How things stand need not: if it can't be written, it is known
 * here, a warning says that it would not survive a restart, and the next write catches up. So a full disk does not keep
 * anybody from a rollback.
 */
final class Memory {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final HostFiles files;
    private final HostRoot root;
    private final Path folder;
    private final DurableDocument<Standing> standingFile;
    private final DurableDocument<ServerMessage.Personas> personasFile;
    private final DurableDocument<Corrections> correctionsFile;

    private Optional<Journal> journal = Optional.empty();
    private Standing standing = Standing.NOTHING;
    private Map<String, PersonaDefinition> personas = Map.of();
    private Corrections corrections = Corrections.NONE;
    private String bootId = BootId.UNKNOWN;
    private boolean interrupted;
    private final List<String> failures = new ArrayList<>();
    private boolean standingUnwritten;
    private boolean personasUnwritten;
    private boolean correctionsUnwritten;

    Memory(HostFiles files, HostRoot root, Path folder) {
        DurableFiles durable = new DurableFiles(files);
        this.files = files;
        this.root = root;
        this.folder = folder;
        standingFile = new DurableDocument<>(durable, folder.resolve("standing.json"), Standing.class, JSON);
        personasFile =
                new DurableDocument<>(durable, folder.resolve("personas.json"), ServerMessage.Personas.class, JSON);
        correctionsFile = new DurableDocument<>(durable, folder.resolve("corrections.json"), Corrections.class, JSON);
    }

    /**
     * Begins a call: reads everything, once; originals that a boot has made void are forgotten.
     *
     * @param isResetAtBoot of a parameter
     * @return why something that exists can't be read; empty if all is known
     */
    Optional<String> open(Predicate<String> isResetAtBoot) {
        failures.clear();
        if (journal.isPresent()) {
            return Optional.empty();
        }
        try {
            files.createFolders(folder);
            bootId = BootId.read(files, root);
            Journal opened = Journal.open(new DurableFiles(files), folder.resolve("originals.journal"));
            standing = standingFile.read().orElse(Standing.NOTHING);
            personas = byId(
                    personasFile.read().map(ServerMessage.Personas::personas).orElse(List.of()));
            corrections = correctionsFile.read().orElse(Corrections.NONE);
            interrupted = !standing.settled();
            journal = Optional.of(opened);
            forgetWhatTheBootReset(opened, isResetAtBoot);
            return Optional.empty();
        } catch (IOException failure) {
            return Optional.of(
                    "the agent's own files in `persona.agent.state` can't be read: " + Failure.reason(failure));
        }
    }

    private void forgetWhatTheBootReset(Journal opened, Predicate<String> isResetAtBoot) {
        List<String> reset = opened.originals().stream()
                .filter(original -> !original.bootId().equals(bootId))
                .map(Original::parameter)
                .filter(isResetAtBoot)
                .toList();
        succeeds("the journal can't be written", () -> opened.forget(reset));
    }

    Journal journal() {
        return journal.orElseThrow();
    }

    List<Original> originals() {
        return journal.map(Journal::originals).orElse(List.of());
    }

    String bootId() {
        return bootId;
    }

    /** Whether the process before this one ended on the way from one configuration to another. */
    boolean isInterrupted() {
        return interrupted;
    }

    /** The host was brought to a known configuration. */
    void recovered() {
        interrupted = false;
    }

    Standing standing() {
        return standing;
    }

    Map<String, PersonaDefinition> personas() {
        return personas;
    }

    void remember(Standing next) {
        if (!next.equals(standing) || standingUnwritten) {
            standing = next;
            standingUnwritten =
                    !succeeds("what stands now would not survive a restart", () -> standingFile.write(next));
        }
    }

    void remember(List<PersonaDefinition> next) {
        Map<String, PersonaDefinition> nextById = byId(next);
        if (!nextById.equals(personas) || personasUnwritten) {
            personas = nextById;
            personasUnwritten = !succeeds(
                    "the personas would not survive a restart",
                    () -> personasFile.write(new ServerMessage.Personas(next)));
        }
    }

    Corrections corrections() {
        return corrections;
    }

    void remember(Corrections next) {
        if (!next.equals(corrections) || correctionsUnwritten) {
            corrections = next;
            correctionsUnwritten = !succeeds(
                    "the count of corrections would not survive a restart", () -> correctionsFile.write(next));
        }
    }

    /** What was found wrong with the files when they were read, and what failed in this call; for people. */
    List<String> warnings() {
        List<String> warnings = new ArrayList<>(standingFile.warnings());
        warnings.addAll(personasFile.warnings());
        warnings.addAll(correctionsFile.warnings());
        journal.map(Journal::warnings).ifPresent(warnings::addAll);
        warnings.addAll(failures);
        return warnings;
    }

    private static Map<String, PersonaDefinition> byId(List<PersonaDefinition> personas) {
        return personas.stream()
                .collect(Collectors.toMap(
                        PersonaDefinition::personaId, Function.identity(), (first, second) -> second, TreeMap::new));
    }

    @FunctionalInterface
    private interface Write {
        void run() throws IOException;
    }

    private boolean succeeds(String consequence, Write write) {
        try {
            write.run();
            return true;
        } catch (IOException failure) {
            failures.add(consequence + ": " + Failure.reason(failure));
            return false;
        }
    }
}
