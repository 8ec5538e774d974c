package dev.persona.server.simulation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.persona.server.platform.DocumentFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The worked examples of docs/custom-rules.md. */
final class CustomRulesPage {
    private static final DocumentFormat FORMAT = new DocumentFormat(1_000_000, 50);
    private static final Pattern EXAMPLE = Pattern.compile(
            "(?m)^### (.+)\n(?:(?!```).*\n)+```java\n((?:(?!```).*\n)+)```\n```yaml\n((?:(?!```).*\n)+)```\n");

    private CustomRulesPage() {}

    /** A rule and its story. */
    record Example(String title, String drl, String story) {

        /** The story as a document for simulations, with the rule in it. */
        ObjectNode scenario() {
            ObjectNode scenario = (ObjectNode) FORMAT.readYaml(story.getBytes(StandardCharsets.UTF_8));
            scenario.putArray("rules").addObject().put("name", "example").put("drl", drl);
            return scenario;
        }

        @Override
        public String toString() {
            return title;
        }
    }

    static Stream<Example> examples() {
        try {
            String page = Files.readString(Path.of("docs/custom-rules.md"));
            return EXAMPLE.matcher(page)
                    .results()
                    .map(found -> new Example(found.group(1), found.group(2), found.group(3)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
