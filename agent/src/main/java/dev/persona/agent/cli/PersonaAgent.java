package dev.persona.agent.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.agent.cli.LocalApi.Answer;
import dev.persona.agent.cli.LocalApi.UnreachableException;
import dev.persona.agent.platform.HostRoot;
import dev.persona.agent.tuned.ImportedPersona;
import dev.persona.agent.tuned.ProfileException;
import dev.persona.agent.tuned.ProfileImport;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.Reader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The command line of the agent on its host. It is no part of the service: it calls the local API and ends, and it starts
 * without the service's framework.
 *
 * <p>Exit codes: 0 done; 1 the agent refused, or the host is not as it should be; 2 the command line is wrong; 3 no agent
 * answers.
 */
@Command(
        name = "persona-agent",
        description = "Shows and orders what the Instance Persona agent of this host does.",
        mixinStandardHelpOptions = true,
        versionProvider = PersonaAgent.Version.class,
        subcommands = CommandLine.HelpCommand.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:the agent refused, or the host is not as it should be",
            "2:the command line is wrong",
            "3:no agent answers"
        })
public final class PersonaAgent {
    static final int REFUSED = 1;
    static final int UNREACHABLE = 3;

    private static final Path CONFIGURATION = Path.of("/etc/persona-agent/application.properties");
    private static final String DEFAULT_PORT = "8181";

    @Option(
            names = "--url",
            scope = ScopeType.INHERIT,
            paramLabel = "URL",
            converter = Arguments.Address.class,
            description =
                    "The agent's local API, as in 127.0.0.1:8181; by default on the port that is configured here.")
    private @Nullable URI url;

    @Option(
            names = "--json",
            scope = ScopeType.INHERIT,
            description = "Print the agent's answer as it is, for programs.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    private PersonaAgent() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(run(arguments, new PrintWriter(System.out, true), new PrintWriter(System.err, true)));
    }

    static int run(String[] arguments, PrintWriter out, PrintWriter err) {
        // Of types that no command takes; picocli would look for all of them at each start, by reflection.
        System.setProperty("picocli.converters.excludes", "java\\.(sql|time)\\..*");
        CommandLine commandLine = new CommandLine(new PersonaAgent());
        commandLine.setOut(out).setErr(err).setExecutionExceptionHandler((failure, failed, parsed) -> {
            if (failure instanceof UnreachableException) {
                err.println("persona-agent: " + failure.getMessage());
                return UNREACHABLE;
            }
            if (failure instanceof ProfileException) {
                err.println("persona-agent: " + failure.getMessage());
                return REFUSED;
            }
            throw failure;
        });
        return commandLine.execute(arguments);
    }

    @Command(description = "Shows connection, decision, pins, hold, parameters, drift and warnings.")
    int status() {
        return show(api().get("/status"), Report::status);
    }

    @Command(description = "Shows the active personas and the configuration in force.")
    int active() {
        return show(api().get("/personas/active"), Report::active);
    }

    @Command(description = "Shows the values from before this agent first changed them.")
    int original() {
        return show(api().get("/personas/original"), Report::original);
    }

    @Command(description = "Looks whether the host is as it should be; exits with 1 if not.")
    int verify() {
        Answer answer = api().post("/personas/verify");
        int exit = show(answer, Report::verification);
        return Report.isAsItShouldBe(answer.document()) ? exit : REFUSED;
    }

    @Command(description = "Makes a persona active regardless of its triggers, until unpinned or the time is up.")
    int apply(
            @Parameters(paramLabel = "PERSONA", description = "Its persona_id.") String persona,
            @Option(
                            names = "--for",
                            paramLabel = "DURATION",
                            converter = Arguments.Time.class,
                            description = "As in PT1H; by default until unpinned.")
                    @Nullable
                    Duration duration,
            @Option(names = "--reason", paramLabel = "TEXT", defaultValue = "by hand", description = "Shown to all.")
                    String reason) {
        String path = "/personas/apply/" + LocalApi.encoded(persona);
        return ordered(api().order(path, Optional.ofNullable(duration), by(), reason));
    }

    @Command(description = "Ends what apply began.")
    int unpin(@Parameters(paramLabel = "PERSONA", description = "Its persona_id.") String persona) {
        return ordered(api().delete("/personas/apply/" + LocalApi.encoded(persona)));
    }

    @Command(description = "Restores the original configuration and holds the host, until resumed or the time is up.")
    int rollback(
            @Option(
                            names = "--for",
                            paramLabel = "DURATION",
                            converter = Arguments.Time.class,
                            description = "As in PT30M; by default until resumed.")
                    @Nullable
                    Duration duration,
            @Option(names = "--reason", paramLabel = "TEXT", defaultValue = "by hand", description = "Shown to all.")
                    String reason) {
        return ordered(api().order("/personas/rollback", Optional.ofNullable(duration), by(), reason));
    }

    @Command(description = "Ends the hold of a rollback.")
    int resume() {
        return ordered(api().post("/personas/resume"));
    }

    @Command(
            name = "import-tuned",
            description = "Prints a TuneD profile of this host as a persona, and what of it has no equivalent.")
    int importTuned(
            @Parameters(paramLabel = "PROFILE", description = "As `tuned-adm list` has it.") String profile,
            @Option(names = "--id", paramLabel = "ID", description = "persona_id; by default tuned-PROFILE.") @Nullable
                    String id,
            @Option(names = "--group", paramLabel = "GROUP", description = "A persona group; may be repeated.")
                    @Nullable
                    List<String> groups,
            @Option(names = "--priority", paramLabel = "NUMBER", defaultValue = "0", description = "Higher wins.")
                    int priority,
            @Option(
                            names = "--disk",
                            paramLabel = "NAME",
                            description = "A disk that the persona is for; may be repeated; by default this host's.")
                    @Nullable
                    List<String> disks,
            @Option(
                            names = "--root",
                            paramLabel = "FOLDER",
                            defaultValue = "/",
                            description = "Where the host's files begin.")
                    Path root)
            throws JsonProcessingException {
        ImportedPersona imported = ProfileImport.of(
                profile, new HostRoot(root), Optional.ofNullable(disks).orElse(List.of()));
        String personaId = Optional.ofNullable(id).orElse(imported.personaId());
        List<String> inGroups = Optional.ofNullable(groups).orElse(List.of());
        out().print(
                        json
                                ? LocalApi.JSON.writeValueAsString(imported.toDocument(personaId, inGroups, priority))
                                        + "\n"
                                : imported.toYaml(personaId, inGroups, priority));
        out().flush();
        return 0;
    }

    private int ordered(Answer answer) {
        int exit = show(answer, Report::answer);
        return Report.isAsItShouldBe(answer.document()) ? exit : REFUSED;
    }

    private int show(Answer answer, Function<JsonNode, String> report) {
        if (!answer.succeeded()) {
            PrintWriter err = spec.commandLine().getErr();
            err.print(json ? answer.document() + "\n" : "persona-agent: " + Report.problem(answer.document()));
            err.flush();
            return REFUSED;
        }
        out().print(json ? answer.document() + "\n" : report.apply(answer.document()));
        out().flush();
        return 0;
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private LocalApi api() {
        return new LocalApi(Optional.ofNullable(url)
                .or(() -> address(CONFIGURATION))
                .orElseThrow(() -> new CommandLine.ParameterException(
                        spec.commandLine(),
                        "`quarkus.http.port` in " + CONFIGURATION + " is `" + configuredPort(CONFIGURATION)
                                + "`, which is no port; give --url")));
    }

    /** Where an agent so configured listens; empty if what is written there is no port. */
    static Optional<URI> address(Path configuration) {
        return Optional.of(configuredPort(configuration))
                .filter(port -> port.matches("[1-9][0-9]{0,4}"))
                .map(port -> URI.create("http://127.0.0.1:" + port + "/"));
    }

    static String configuredPort(Path configuration) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(configuration)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException notForUs) {
            return DEFAULT_PORT;
        }
        return properties.getProperty("quarkus.http.port", DEFAULT_PORT).strip();
    }

    /** Who gives the order: whoever called sudo, or else the user. */
    private static String by() {
        return Optional.ofNullable(System.getenv("SUDO_USER")).orElse(System.getProperty("user.name"));
    }

    /** The version of the package; the build wrote it down. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() throws IOException {
            try (InputStream version = PersonaAgent.class.getResourceAsStream("version.txt")) {
                return new String[] {"persona-agent " + new String(version.readAllBytes(), UTF_8).strip()};
            }
        }
    }
}
