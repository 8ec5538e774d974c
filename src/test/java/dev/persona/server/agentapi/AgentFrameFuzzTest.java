package dev.persona.server.agentapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.persona.server.parameter.ParameterCatalogue;
import dev.persona.server.platform.DocumentFormat;
import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.Faults;
import dev.persona.server.platform.PolicyException;
import dev.persona.server.protocol.AgentMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Whatever an agent sends, it is taken or refused with a documented code. */
class AgentFrameFuzzTest {
    private static final int ROUNDS = 20_000;
    private static final Set<ErrorCode> DOCUMENTED =
            Set.of(ErrorCode.MALFORMED_DOCUMENT, ErrorCode.INVALID_DOCUMENT, ErrorCode.TOO_LARGE);
    private static final List<String> SCRAPS = List.of(
            "null",
            "[]",
            "{}",
            "\"\"",
            "-1",
            "1e999",
            "NaN",
            "true",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "[[[[[[[[[[[[[[[[[[[[",
            "\"9999999999-01-01T00:00:00Z\"",
            "{\"type\":\"report\"}",
            "\"hello\"",
            ",",
            ":",
            "\"",
            "18446744073709551616");

    private final AgentMessageReader reader = new AgentMessageReader(new DocumentFormat(10_000, 16));
    private final AgentTranslation translation = new AgentTranslation(new ParameterCatalogue());

    @Test
    void mutated_frames_are_taken_or_refused_with_a_documented_code() throws IOException {
        List<String> golden = golden();
        long seed = new SplittableRandom().nextLong();
        SplittableRandom random = new SplittableRandom(seed);

        for (int round = 0; round < ROUNDS; round++) {
            String frame = mutate(golden.get(random.nextInt(golden.size())), random);
            assertThatCode(() -> take(frame))
                    .as("seed %d, frame %s", seed, frame)
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void golden_frames_have_no_faults() throws IOException {
        for (String frame : golden()) {
            assertThat(take(frame)).as(frame).isTrue();
        }
    }

    private boolean take(String frame) {
        Faults faults = new Faults();
        try {
            translate(reader.read(frame), faults);
        } catch (PolicyException e) {
            assertThat(DOCUMENTED).contains(e.code());
            return false;
        }
        return faults.isEmpty();
    }

    private void translate(AgentMessage message, Faults faults) {
        if (message instanceof AgentMessage.Hello hello) {
            translation.agent(hello, faults);
            translation.tags(hello.tags(), faults);
            translation.orders(hello.orders(), "/orders", faults);
        } else if (message instanceof AgentMessage.Report report) {
            translation.report(report, faults);
        } else if (message instanceof AgentMessage.Orders orders) {
            translation.orders(orders, "", faults);
        } else if (message instanceof AgentMessage.Acknowledgement acknowledgement) {
            translation.acknowledgement(acknowledgement, faults);
        }
    }

    private static String mutate(String frame, SplittableRandom random) {
        StringBuilder mutated = new StringBuilder(frame);
        for (int i = random.nextInt(1, 4); i > 0 && mutated.length() > 0; i--) {
            int from = random.nextInt(mutated.length());
            int to = Math.min(mutated.length(), from + random.nextInt(1, 12));
            switch (random.nextInt(4)) {
                case 0 -> mutated.delete(from, to);
                case 1 -> mutated.insert(from, SCRAPS.get(random.nextInt(SCRAPS.size())));
                case 2 -> replaceValue(mutated, from, SCRAPS.get(random.nextInt(SCRAPS.size())));
                default -> mutated.insert(from, mutated.substring(from, to));
            }
        }
        return mutated.toString();
    }

    /** Puts a scrap where a value stands: after the next colon, up to the next comma or brace. */
    private static void replaceValue(StringBuilder frame, int from, String scrap) {
        int colon = frame.indexOf(":", from);
        if (colon >= 0) {
            int end = colon + 1;
            while (end < frame.length() && ",}]".indexOf(frame.charAt(end)) < 0) {
                end++;
            }
            frame.replace(colon + 1, end, scrap);
        }
    }

    private static List<String> golden() throws IOException {
        List<String> golden = new ArrayList<>();
        for (String name : List.of("agent-hello", "agent-report", "agent-orders", "agent-acknowledgement")) {
            golden.add(Files.readString(Path.of("src/test/resources/contract", name + ".json")));
        }
        return golden;
    }
}
