package dev.persona.agent.api;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** An agent whose host is a scratch folder, and whose server never answers. */
public final class ScratchHost implements QuarkusTestProfile {
    static final Path FOLDER = folder();
    static final Path SWAPPINESS = FOLDER.resolve("root/proc/sys/vm/swappiness");

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of(
                "persona.agent.instance-id", "scratch-1",
                "persona.agent.server.url", "http://127.0.0.1:9",
                "persona.agent.root", FOLDER.resolve("root").toString(),
                "persona.agent.state", FOLDER.resolve("state").toString(),
                "persona.agent.permit[0].parameter", "sysctl.vm.*",
                "persona.agent.permit[0].minimum", "0",
                "persona.agent.permit[0].maximum", "100");
    }

    private static Path folder() {
        try {
            Path folder = Files.createTempDirectory("persona-agent");
            Path swappiness = folder.resolve("root/proc/sys/vm/swappiness");
            Files.createDirectories(swappiness.getParent());
            Files.writeString(swappiness, "60\n");
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
