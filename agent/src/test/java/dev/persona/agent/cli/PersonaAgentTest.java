package dev.persona.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line against an agent that answers what the test says; the real one is called in {@code CommandLineTest}. */
class PersonaAgentTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<String> requests = new ArrayList<>();
    private HttpServer agent;
    private int status = 200;
    private String answer = "{}";

    @TempDir
    Path folder;

    @BeforeEach
    void agent() throws IOException {
        agent = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        agent.createContext("/", this::answer);
        agent.start();
    }

    @AfterEach
    void stop() {
        agent.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        requests.add((exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + body).strip());
        byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Test
    void the_status_tells_what_was_tried_where_it_failed_and_what_is_in_force() {
        answer =
                """
                {"instance_id": "db-01", "agent_version": "0.1.0",
                 "connection": {"state": "connected", "server": "ws://127.0.0.1:8080/agent", "since": "2026-03-02T08:00:00Z"},
                 "revision": 9, "revision_in_force": 8, "outcome": "failed", "failed_at": "cpu.weight",
                 "pins": [{"persona_id": "lockdown", "by": "alice", "reason": "incident", "since": "2026-03-02T08:00:00Z",
                           "until": "2026-03-02T09:00:00Z"}],
                 "parameters": {"cpu.weight": {"status": "failed", "reason": "takes\\u001b[2J a number", "wanted": "heavy",
                                               "persona_id": "p"},
                                "sysctl.vm.swappiness": {"status": "unchanged", "wanted": 10, "persona_id": "p"}},
                 "drift": [{"parameter": "sysctl.vm.swappiness", "wanted": 10, "actual": "33", "since": "2026-03-02T08:01:00Z"}],
                 "corrections": [{"parameter": "sysctl.vm.swappiness", "times": 3, "last": "2026-03-02T08:01:00Z",
                                  "left_alone": true}],
                 "warnings": ["`tuned` is active"]}""";

        assertThat(run("status")).isZero();

        assertThat(out.toString())
                .isEqualTo(
                        """
                        agent     db-01, version 0.1.0
                        server    connected to ws://127.0.0.1:8080/agent since 2026-03-02T08:00:00Z
                        in force  decision 8 (failed)
                        failed    decision 9 was tried and failed at cpu.weight: takes [2J a number
                        pins
                          lockdown  by alice  incident  until 2026-03-02T09:00:00Z
                        parameters
                          cpu.weight            failed     heavy  p  takes [2J a number
                          sysctl.vm.swappiness  unchanged  10     p
                        drift
                          sysctl.vm.swappiness  wanted 10  found 33  since 2026-03-02T08:01:00Z
                        corrections
                          sysctl.vm.swappiness  3 times, last 2026-03-02T08:01:00Z  left alone now
                        warnings
                          `tuned` is active
                        """);
    }

    @Test
    void orders_carry_who_why_and_for_how_long() {
        answer = "{\"outcome\": \"applied\", \"active_personas\": [], \"parameters\": {}}";

        assertThat(run("apply", "lock/down", "--for", "PT1H", "--reason", "incident 4711"))
                .isZero();
        assertThat(run("rollback", "--for=PT30M")).isZero();
        assertThat(run("resume")).isZero();
        assertThat(run("unpin", "lockdown")).isZero();

        assertThat(requests.get(0))
                .startsWith("POST /personas/apply/lock%2Fdown?for=PT1H {\"by\":\"")
                .endsWith("\",\"reason\":\"incident 4711\"}");
        assertThat(requests.get(1))
                .startsWith("POST /personas/rollback?for=PT30M {")
                .endsWith("\"reason\":\"by hand\"}");
        assertThat(requests.subList(2, 4)).containsExactly("POST /personas/resume", "DELETE /personas/apply/lockdown");
        assertThat(out.toString()).startsWith("outcome   applied\n");
    }

    @Test
    void a_refusal_is_told_fault_by_fault_and_exits_with_1() {
        status = 503;
        answer = "{\"title\": \"t\", \"detail\": \"could not be applied\", \"errors\": [{\"pointer\": \"\", \"detail\":"
                + " \"why\"}]}";

        assertThat(run("apply", "lockdown")).isEqualTo(1);

        assertThat(err.toString()).isEqualTo("persona-agent: could not be applied\n  why\n");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void drift_makes_verify_exit_with_1() {
        answer = "{\"drift\": []}";
        assertThat(run("verify")).isZero();
        answer = "{\"drift\": [{\"parameter\": \"cpu.weight\", \"wanted\": 7, \"actual\": \"8\", \"since\": \"s\"}]}";
        assertThat(run("verify")).isEqualTo(1);

        assertThat(out.toString())
                .isEqualTo("the host is as it should be\ndrift\n  cpu.weight  wanted 7  found 8  since s\n");
    }

    @Test
    void what_is_not_in_force_makes_verify_and_orders_exit_with_1() {
        answer =
                """
                {"outcome": "incomplete", "drift": [],
                 "not_in_force": {"cpu.weight": {"status": "not_supported", "reason": "no group", "wanted": 7,
                                                 "persona_id": "p"}}}""";
        assertThat(run("verify")).isEqualTo(1);
        assertThat(out.toString())
                .isEqualTo(
                        """
                        outcome   incomplete
                        not in force
                          cpu.weight  not_supported  7  p  no group
                        """);

        answer = "{\"outcome\": \"incomplete\", \"active_personas\": [], \"parameters\": {}}";
        assertThat(run("apply", "busy")).isEqualTo(1);
        assertThat(run("unpin", "busy")).isEqualTo(1);
        assertThat(run("resume")).isEqualTo(1);
        answer = "{\"outcome\": \"applied\", \"drift\": [], \"not_in_force\": {}}";
        assertThat(run("verify")).isZero();
    }

    @Test
    void json_is_the_answer_as_it_is() {
        answer = "{\"active_personas\":[],\"configuration\":{}}";

        assertThat(run("active", "--json")).isZero();

        assertThat(out.toString()).isEqualTo(answer + "\n");
    }

    @Test
    void nothing_active_and_nothing_changed_are_said_in_words() {
        run("active");
        run("original");

        assertThat(out.toString())
                .isEqualTo("nothing is active\nnothing is changed, so there is nothing to go back to\n");
    }

    @Test
    void a_command_line_that_is_wrong_exits_with_2() {
        assertThat(run("statsu")).isEqualTo(2);
        assertThat(err.toString()).contains("Did you mean: persona-agent status");
        assertThat(run()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1h", "soon", "PT0S", "-PT1H"})
    void a_time_that_is_no_duration_is_a_fault_of_the_command_line(String time) {
        assertThat(run("apply", "busy", "--for=" + time)).isEqualTo(2);
        assertThat(run("rollback", "--for=" + time)).isEqualTo(2);

        assertThat(err.toString()).contains("`" + time + "` is no time", "PT1H");
        assertThat(requests).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"foo", "foo:bar", "ftp://localhost:21", "localhost:8181/status", "http://", "a b:1", "::"})
    void an_address_that_is_none_is_a_fault_of_the_command_line(String url) {
        int exit = PersonaAgent.run(
                new String[] {"status", "--url", url}, new PrintWriter(out, true), new PrintWriter(err, true));

        assertThat(exit).isEqualTo(2);
        assertThat(err.toString())
                .contains("`" + url + "` is no address of an agent; write it as in 127.0.0.1:8181")
                .doesNotContain("Exception");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:%d", "localhost:%d", "http://127.0.0.1:%d/"})
    void an_address_is_a_url_or_host_and_port(String url) {
        String[] line = {"resume", "--url", url.formatted(agent.getAddress().getPort())};

        assertThat(PersonaAgent.run(line, new PrintWriter(out, true), new PrintWriter(err, true)))
                .isZero();
        assertThat(requests).containsExactly("POST /personas/resume");
    }

    @Test
    void no_agent_or_something_else_exits_with_3() {
        answer = "<html>";
        status = 200;
        assertThat(run("status")).isEqualTo(3);
        agent.stop(0);
        assertThat(run("status")).isEqualTo(3);
        assertThat(err.toString()).contains("no agent answers at `http://127.0.0.1:");
    }

    @Test
    void a_profile_is_printed_and_one_that_is_not_there_exits_with_1() {
        String root = "src/test/resources/tuned";
        assertThat(run("import-tuned", "night", "--root", root, "--group", "db", "--priority", "5", "--id", "night"))
                .isZero();
        assertThat(out.toString()).contains("persona_id: night\n", "persona_groups: [db]\n", "priority: 5\n");
        assertThat(run("import-tuned", "night", "--root", root, "--json")).isZero();
        assertThat(out.toString()).contains("\"not_imported\":[{\"section\":");

        assertThat(run("import-tuned", "nothing", "--root", root)).isEqualTo(1);
        assertThat(err.toString()).startsWith("persona-agent: there is no profile `nothing` in ");
    }

    @Test
    void the_port_is_the_configured_one() throws IOException {
        Path file = folder.resolve("application.properties");
        assertThat(PersonaAgent.configuredPort(file)).isEqualTo("8181");
        Files.writeString(file, "quarkus.http.port = 9191\n");
        assertThat(PersonaAgent.configuredPort(file)).isEqualTo("9191");
        assertThat(PersonaAgent.address(file)).contains(URI.create("http://127.0.0.1:9191/"));
        for (String none : List.of("http", "0", "99999999", "${PORT:8181}")) {
            Files.writeString(file, "quarkus.http.port = " + none + "\n");
            assertThat(PersonaAgent.address(file)).isEmpty();
        }
    }

    private int run(String... arguments) {
        String[] all = Stream.concat(
                        Arrays.stream(arguments),
                        arguments.length == 0
                                ? Stream.of()
                                : Stream.of(
                                        "--url",
                                        "http://127.0.0.1:" + agent.getAddress().getPort()))
                .toArray(String[]::new);
        return PersonaAgent.run(all, new PrintWriter(out, true), new PrintWriter(err, true));
    }
}
