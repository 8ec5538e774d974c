package dev.persona.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The main job as a story to watch: real server, real agent, real CPU load, real files before and after.
 *
 * <p>Ends with status 0 only if everything that was changed is as it was before.
 */
public final class Quickstart {
    private static final String CPU_WEIGHT = "sys/fs/cgroup/persona.slice/cpu.weight";
    private static final String MEMORY_HIGH = "sys/fs/cgroup/persona.slice/memory.high";
    private static final String SWAPPINESS = "proc/sys/vm/swappiness";
    private static final String MOTD = "etc/motd";

    private final LocalFleet fleet;
    private final Path personas;
    private final List<String> watched;
    private final boolean real;
    private final Map<String, String> originals;
    private volatile boolean ending;
    private volatile boolean finished;

    private Quickstart(LocalFleet fleet, Path personas, boolean real) throws IOException {
        this.fleet = fleet;
        this.personas = personas;
        this.real = real;
        this.watched = real ? List.of(SWAPPINESS) : List.of(CPU_WEIGHT, MEMORY_HIGH, SWAPPINESS, MOTD);
        this.originals = contents();
    }

    public static void main(String[] arguments) throws Exception {
        boolean real = List.of(arguments).contains("--real");
        Path project = Path.of("").toAbsolutePath();
        Path directory = Files.createTempDirectory("persona-quickstart-");
        LocalFleet fleet = real
                ? LocalFleet.onRealHost(project, directory)
                : LocalFleet.withScratchRoot(project, directory, Map.of());
        Quickstart quickstart = new Quickstart(fleet, project.resolve("quickstart/personas"), real);
        // Ctrl-C ends here too, and reaches both programs as well.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> quickstart.leaveNothingBehind(directory)));
        try {
            quickstart.play();
            quickstart.finished = true;
        } catch (IOException | IllegalStateException e) {
            if (!quickstart.ending) {
                say("\nThis did not go as it should: " + e.getMessage());
                System.exit(1);
            }
        }
    }

    private void play() throws IOException, InterruptedException {
        step("Starting the server and an agent, with an empty embedded database");
        fleet.start();
        say("  server  " + fleet.server().http() + "   (Swagger UI, Dev UI: mvn quarkus:dev)");
        say("  agent   " + fleet.agent().http() + "   works on "
                + (real ? "the real host, where it may set sysctl.vm.swappiness only" : fleet.root()));
        fleet.awaitInstance(
                "the agent says hello", instance -> !instance.path("tags").isEmpty());
        show("  original configuration", originals);

        step("Creating three personas; all of them set cpu.weight");
        for (String id : List.of("everyday", "high-load", "lockdown")) {
            String text = Files.readString(personas.resolve(id + ".yaml"));
            JsonNode persona = fleet.server()
                    .http()
                    .post("/personas", text, "application/yaml")
                    .expectSuccess();
            say("  POST /personas  %-10s priority %4d   %s"
                    .formatted(id, persona.path("priority").asInt(), persona.path("configuration_parameters")));
        }
        tell("`everyday` is inside its window", decision -> isActive(decision, "everyday"));

        step("Loading every processor");
        try (Load load = Load.onEveryProcessor()) {
            tell("`high-load` has seen three busy seconds", decision -> isActive(decision, "high-load"));

            step("An alert arrives while the load goes on");
            fleet.server()
                    .http()
                    .post("/events", ALERT, "application/cloudevents+json")
                    .expectSuccess();
            say("  POST /events    com.example.alert, severity critical");
            tell("`lockdown` takes over what it sets, and nothing else", decision -> isActive(decision, "lockdown"));
            tell("ten seconds later the alert is no longer fresh", decision -> !isActive(decision, "lockdown"));
        }

        step("The load is gone");
        try {
            tell("`high-load` has seen three calm seconds", decision -> !isActive(decision, "high-load"));
        } catch (NeverCameException e) {
            say("  something else keeps this machine busy, so `high-load` rightly stays");
        }

        step("Rolling back, on the host itself");
        fleet.agent()
                .http()
                .post("/personas/rollback", "{\"reason\": \"the story is over\"}", "application/json")
                .expectSuccess();
        say("  POST /personas/rollback");
        show("  configuration now", contents());
        if (!contents().equals(originals)) {
            throw new IllegalStateException("the original configuration is not back: " + originals);
        }
        say("\nEverything is as it was before, byte for byte.");
    }

    private static final String ALERT =
            """
            {"specversion": "1.0", "id": "alert-1", "source": "/siem", "type": "com.example.alert",
             "subject": "%s", "datacontenttype": "application/json", "data": {"severity": "critical"}}
            """
                    .formatted(LocalFleet.INSTANCE);

    /** Waits for a decision and its application, and tells what it is, why, and what it did to the host. */
    private void tell(String what, Predicate<JsonNode> expected) throws IOException, InterruptedException {
        JsonNode decision = fleet.awaitDecision(what, expected);
        long revision = decision.path("revision").asLong();
        fleet.awaitInstance(
                "the agent acknowledges revision " + revision,
                instance -> instance.path("last_apply").path("revision").asLong() >= revision);
        say("\n  " + what);
        say("  decision " + revision + ": active "
                + elements(decision.path("active_personas"))
                        .map(active -> active.path("persona_id").asText() + " ("
                                + active.path("priority").asInt() + ")")
                        .collect(Collectors.joining(", ")));
        elements(decision.path("reasons"))
                .forEach(
                        reason -> say("    because " + reason.path("persona_id").asText() + " "
                                + reason.path("change").asText() + ": "
                                + reason.path("detail").asText()));
        elements(decision.path("conflicts"))
                .forEach(conflict ->
                        say("    conflict on " + conflict.path("parameter").asText() + ": "
                                + conflict.path("winner").asText() + " wins over "
                                + elements(conflict.path("losers"))
                                        .map(JsonNode::asText)
                                        .collect(Collectors.joining(", "))));
        show("    on the host", contents());
    }

    private Map<String, String> contents() throws IOException {
        Map<String, String> contents = new LinkedHashMap<>();
        for (String path : watched) {
            contents.put(path, fleet.read(path));
        }
        return contents;
    }

    private void show(String title, Map<String, String> contents) {
        say(title);
        contents.forEach((path, content) -> say("      /%-42s %s".formatted(path, content.strip())));
    }

    private static boolean isActive(JsonNode decision, String personaId) {
        return elements(decision.path("active_personas"))
                .anyMatch(active -> active.path("persona_id").asText().equals(personaId));
    }

    private static Stream<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    private static void step(String text) {
        say("\n\u001b[1m== " + text + "\u001b[0m");
    }

    private static void say(String text) {
        System.out.println(text);
    }

    /** Ends both programs, of which the agent puts the host back, and looks whether it did. */
    private void leaveNothingBehind(Path directory) {
        ending = true;
        fleet.close();
        try {
            if (!contents().equals(originals)) {
                say("\nThe original configuration is not back: " + originals + "\nLogs and journal are in "
                        + directory);
                return;
            }
            if (!finished) {
                say("\nInterrupted; everything is as it was before.");
            }
            try (Stream<Path> paths = Files.walk(directory)) {
                for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        } catch (IOException e) {
            say("Could not clean up " + directory + ": " + e.getMessage());
        }
    }
}
