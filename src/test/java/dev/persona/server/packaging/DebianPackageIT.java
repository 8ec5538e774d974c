package dev.persona.server.packaging;

import static java.util.function.Predicate.not;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The Debian packages of both programs: what is in them, and that they install, run and go without a trace. Part of
 * {@code mvn -f all verify -Pdeb}, of either form; needs dpkg and systemd-analyze.
 */
@Tag("deb")
class DebianPackageIT {
    private static final Pattern LISTENING = Pattern.compile("Listening on: http://127\\.0\\.0\\.1:([0-9]+)");

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int ENDED_BY_SIGTERM = 143;

    @TempDir
    Path folder;

    enum Program {
        SERVER("persona-server", "target/persona-server.deb", "/q/health/ready", 1.5),
        AGENT("persona-agent", "agent/target/persona-agent.deb", "/status", 3.5);

        final String name;
        final String file;
        final String probe;

        /** How exposed systemd may find the unit at most, 0 to 10. */
        final double exposure;

        Program(String name, String file, String probe, double exposure) {
            this.name = name;
            this.file = file;
            this.probe = probe;
            this.exposure = exposure;
        }

        String unit() {
            return name + ".service";
        }

        /** Whether the package is around a JVM build, and not around an executable. */
        boolean isForJvm() throws IOException, InterruptedException {
            return Command.run("dpkg-deb", "--field", file, "Architecture")
                    .succeeds()
                    .output()
                    .equals("all\n");
        }

        /** The service, on a JVM what makes its class archive, and of the agent its command line. */
        List<String> executables() throws IOException, InterruptedException {
            String home = "/usr/lib/" + name + "/";
            List<String> executables = new ArrayList<>(List.of(home + name));
            if (isForJvm()) {
                executables.add(home + "make-class-archive");
            }
            if (this == AGENT) {
                executables.add("/usr/bin/persona-agent");
            }
            return executables;
        }

        String configuration() {
            return "/etc/" + name + "/application.properties";
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_package_says_what_it_is_and_needs(Program program) throws Exception {
        String fields =
                Command.run("dpkg-deb", "--field", program.file).succeeds().output();
        String needed = program.isForJvm() ? "java17-runtime-headless" : "libc6";

        assertThat(fields.lines())
                .contains("Package: " + program.name)
                .anyMatch(line -> line.matches("Version: [0-9]+\\.[0-9]+\\.[0-9]+(~SNAPSHOT)?"))
                .anyMatch(line -> line.startsWith("Depends: ") && line.contains(needed));
    }

    @ParameterizedTest
    @EnumSource
    void files_are_roots_and_only_programs_can_be_run(Program program) throws Exception {
        String listing =
                Command.run("dpkg-deb", "--contents", program.file).succeeds().output();

        assertThat(listing.lines())
                .allMatch(line -> line.matches("[-d]rw[-x]r-[-x]r-[-x] root/root .*"), "root's alone");
        assertThat(listing.lines().filter(line -> line.startsWith("-rwx")).map(line -> line.replaceAll(".* \\.", "")))
                .containsExactlyInAnyOrderElementsOf(program.executables());
    }

    @ParameterizedTest
    @EnumSource
    void an_installed_program_runs_as_its_unit_says(Program program) throws Exception {
        ScratchHost host = ScratchHost.in(folder.resolve("host"));
        host.dpkg("--install", program.file);
        configure(host, program, "quarkus.http.port=0");

        run(host, program, Map.of());

        assertThat(host.files("/var/lib/" + program.name)).isNotEmpty();
    }

    @Test
    void the_agents_command_line_calls_the_service_and_completes_in_the_shell() throws Exception {
        ScratchHost host = ScratchHost.in(folder.resolve("host"));
        host.dpkg("--install", Program.AGENT.file);
        configure(host, Program.AGENT, "quarkus.http.port=0");
        String program = host.at("/usr/bin/persona-agent").toString();
        Path output = folder.resolve("output.txt");
        Process process = host.start(Program.AGENT.unit(), Map.of(), output);
        try {
            await().atMost(PATIENCE)
                    .until(() -> !process.isAlive() || listening(output).find());
            Matcher listening = listening(output);
            assertThat(listening.find()).as(Files.readString(output)).isTrue();
            String url = "http://127.0.0.1:" + listening.group(1);

            assertThat(Command.run(program, "status", "--url", url).succeeds().output())
                    .startsWith("agent ")
                    .contains("in force  no decision");
            assertThat(Command.run(program, "resume", "--url", url).exit()).isEqualTo(1);
            assertThat(Command.run(program, "status", "--url", "http://127.0.0.1:9")
                            .exit())
                    .isEqualTo(3);
            assertThat(Command.run(program).succeeds().output()).startsWith("Usage: persona-agent");
        } finally {
            process.destroyForcibly();
        }
        Path completion = host.at("/usr/share/bash-completion/completions/persona-agent");
        Command.run("bash", "-n", completion.toString()).succeeds();
        assertThat(Command.run(
                                "bash",
                                "-c",
                                "source \"$1\"; COMP_WORDS=(persona-agent st); COMP_CWORD=1; _complete_persona-agent 2>/dev/null;"
                                        + " echo \"${COMPREPLY[@]}\"",
                                "bash",
                                completion.toString())
                        .succeeds()
                        .output())
                .isEqualTo("status\n");
    }

    @ParameterizedTest
    @EnumSource
    void an_upgrade_keeps_the_configuration_and_the_state(Program program) throws Exception {
        ScratchHost host = ScratchHost.in(folder.resolve("host"));
        host.dpkg("--install", program.file);
        configure(host, program, "# written by the administrator");
        Path state =
                Files.createDirectories(host.at("/var/lib/" + program.name)).resolve("state");
        Files.createFile(state);

        host.dpkg("--install", program.file);

        assertThat(host.at(program.configuration())).content().endsWith("# written by the administrator\n");
        assertThat(state).exists();
        assertThat(host.files("/etc/systemd"))
                .containsExactly("/etc/systemd/system/multi-user.target.wants/" + program.unit());
    }

    @ParameterizedTest
    @EnumSource
    void a_removal_leaves_configuration_and_state_and_a_purge_nothing(Program program) throws Exception {
        ScratchHost host = ScratchHost.in(folder.resolve("host"));
        host.dpkg("--install", program.file);
        Path state =
                Files.createDirectories(host.at("/var/lib/" + program.name)).resolve("state");
        Files.createFile(state);
        Files.createFile(host.at("/usr/lib/" + program.name + "/classes.jsa"));

        host.dpkg("--remove", program.name);

        assertThat(host.at("/usr/lib/" + program.name)).doesNotExist();
        assertThat(host.at(program.configuration())).exists();
        assertThat(state).exists();

        host.dpkg("--purge", program.name);

        assertThat(host.files("/").stream().filter(not(path -> path.startsWith("/var/lib/dpkg/"))))
                .noneMatch(path -> path.contains(program.name));
    }

    @ParameterizedTest
    @EnumSource
    void a_class_archive_is_made_and_used(Program program) throws Exception {
        assumeTrue(program.isForJvm(), "an executable has no class archive");
        ScratchHost host = ScratchHost.in(folder.resolve("host"));
        host.dpkg("--install", program.file);
        configure(host, program, "quarkus.http.port=0");
        Path home = host.at("/usr/lib/" + program.name);
        List<String> before = host.files("/");

        Command.run(home.resolve("make-class-archive").toString(), program.name).succeeds();

        List<String> made =
                host.files("/").stream().filter(not(before::contains)).toList();
        assertThat(made).singleElement().asString().matches("/usr/lib/" + program.name + "/classes\\.(jsa|aot)");

        Path loaded = folder.resolve("loaded.txt");
        run(host, program, Map.of("JAVA_OPTIONS", "-Xlog:class+load:file=" + loaded));

        assertThat(loaded)
                .content()
                .contains(
                        "dev.persona." + program.name().toLowerCase(Locale.ROOT) + ".Main source: shared objects file");
    }

    @ParameterizedTest
    @EnumSource
    void systemd_finds_nothing_to_say_against_a_unit_and_little_exposure(Program program) throws Exception {
        ScratchHost host = ScratchHost.in(folder.resolve("host"));
        host.dpkg("--install", program.file);
        Path unit = host.at("/usr/lib/systemd/system/" + program.unit());
        Path here = folder.resolve(program.unit());
        Files.writeString(here, Files.readString(unit).replace("=/usr/lib/", "=" + host.at("/usr/lib") + "/"));

        Command verify = Command.run("systemd-analyze", "verify", "--man=no", here.toString());
        Command security = Command.run(
                "systemd-analyze",
                "security",
                "--offline=true",
                "--threshold=" + Math.round(program.exposure * 10),
                unit.toString());

        assertThat(verify.succeeds().output().lines().filter(line -> line.contains(program.name)))
                .isEmpty();
        security.succeeds();
    }

    private static void configure(ScratchHost host, Program program, String line) throws IOException {
        Files.writeString(host.at(program.configuration()), line + "\n", StandardOpenOption.APPEND);
    }

    /** Runs a program in its scratch root until it answers, then ends it in order. */
    private void run(ScratchHost host, Program program, Map<String, String> environment) throws Exception {
        Path output = folder.resolve("output.txt");
        Process process = host.start(program.unit(), environment, output);
        try {
            await().atMost(PATIENCE)
                    .until(() -> !process.isAlive() || listening(output).find());
            Matcher listening = listening(output);
            assertThat(listening.find()).as(Files.readString(output)).isTrue();
            Command.run("src/main/launcher/health-check", listening.group(1), program.probe)
                    .succeeds();
            process.destroy();
            assertThat(process.waitFor()).as(Files.readString(output)).isEqualTo(ENDED_BY_SIGTERM);
        } finally {
            process.destroyForcibly();
        }
    }

    private static Matcher listening(Path output) throws IOException {
        return LISTENING.matcher(Files.readString(output));
    }
}
