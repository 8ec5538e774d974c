package dev.persona.server.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A program that ran to its end, and what it said on both outputs. */
record Command(List<String> line, int exit, String output) {

    static Command run(String... line) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Command(List.of(line), process.waitFor(), output);
    }

    Command succeeds() {
        assertThat(exit).as("%s%n%s", String.join(" ", line), output).isZero();
        return this;
    }
}
