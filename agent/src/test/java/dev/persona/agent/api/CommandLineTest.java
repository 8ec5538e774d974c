package dev.persona.agent.api;

import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;

import com.fasterxml.jackson.databind.node.IntNode;
import dev.persona.agent.activation.Enforcement;
import dev.persona.agent.protocol.ServerMessage.PersonaDefinition;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The command line as a process of its own, against the real local API. */
@QuarkusTest
@TestProfile(ScratchHost.class)
class CommandLineTest {

    /** What the command line makes do with: nothing of the service's framework. */
    private static final String CLASS_PATH = Arrays.stream(
                    System.getProperty("surefire.test.class.path").split(":"))
            .filter(entry -> entry.matches(
                    ".*(/target/classes/?|picocli-[0-9.]+jar|jackson-(core|databind|annotations)-[0-9.]+jar)"))
            .collect(Collectors.joining(":"));

    @Inject
    Enforcement enforcement;

    @TestHTTPResource("/")
    URI url;

    @BeforeEach
    void startAtTheOriginal() {
        enforcement.resume();
        enforcement.remember(List.of(
                new PersonaDefinition("calm", "Calm", 1, 1, Map.of("sysctl.vm.swappiness", IntNode.valueOf(10))),
                new PersonaDefinition(
                        "impossible", "Impossible", 1, 1, Map.of("sysctl.vm.no_such_key", IntNode.valueOf(1)))));
        enforcement.unpin("calm");
        enforcement.unpin("impossible");
    }

    @Test
    void orders_are_carried_out_and_shown() throws Exception {
        assertThat(run("apply", "calm", "--for", "PT1H").output())
                .contains("outcome   applied", "calm  priority 1  pin", "sysctl.vm.swappiness  applied");
        assertThat(run("active").output()).contains("sysctl.vm.swappiness  10  calm");
        assertThat(run("original").output()).contains("sysctl.vm.swappiness  60  saved ");
        assertThat(run("verify")).isEqualTo(new Ended(0, "the host is as it should be\n"));

        Files.writeString(ScratchHost.SWAPPINESS, "33\n");
        assertThat(run("verify").exit()).isEqualTo(1);
        assertThat(run("status").output()).contains("agent     scratch-1", "drift", "wanted 10  found 33");

        assertThat(run("rollback", "--reason", "maintenance").output())
                .contains("held", "maintenance", "sysctl.vm.swappiness  restored  60");
        assertThat(Files.readString(ScratchHost.SWAPPINESS)).isEqualTo("60\n");
        Ended held = run("apply", "calm");
        assertThat(held.exit()).isEqualTo(1);
        assertThat(held.output()).contains("rolled the host back", "`POST /personas/resume` first");
        assertThat(run("resume").exit()).isZero();
    }

    @Test
    void what_this_host_lacks_is_not_as_it_should_be() throws Exception {
        Ended applied = run("apply", "impossible");
        assertThat(applied.exit()).isEqualTo(1);
        assertThat(applied.output()).contains("outcome   incomplete", "sysctl.vm.no_such_key  not_supported");

        Ended verified = run("verify");

        assertThat(verified.exit()).isEqualTo(1);
        assertThat(verified.output())
                .contains("outcome   incomplete", "not in force\n  sysctl.vm.no_such_key  not_supported");
        assertThat(run("unpin", "impossible").exit()).isZero();
        assertThat(run("verify").exit()).isZero();
    }

    @Test
    void a_look_at_the_host_is_answered_with_the_drift() throws IOException {
        enforcement.pin("calm", "test", "", Optional.empty());
        when().post("/personas/verify").then().statusCode(200).body("drift", empty());

        Files.writeString(ScratchHost.SWAPPINESS, "33\n");

        when().post("/personas/verify")
                .then()
                .statusCode(200)
                .body("drift.parameter", contains("sysctl.vm.swappiness"))
                .body("drift.actual", contains("33"));
        enforcement.rollback("test", "", Optional.empty());
    }

    private record Ended(int exit, String output) {}

    private Ended run(String... arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                CLASS_PATH,
                "dev.persona.agent.cli.PersonaAgent"));
        line.addAll(List.of(arguments));
        line.addAll(List.of("--url", url.toString().replaceAll("/$", "")));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), output);
    }
}
