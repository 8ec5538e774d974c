package dev.persona.agent.activation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.persona.agent.platform.SimulatedFiles.Trouble;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Makes every single file operation and command of a whole story fail: each is reported, and the host stays whole. */
class FaultTest {

    @BeforeAll
    static void hundreds_of_failures_are_not_logged() {
        Logger.getLogger("dev.persona.agent").setLevel(Level.OFF);
    }

    @AfterAll
    static void logging_goes_on() {
        Logger.getLogger("dev.persona.agent").setLevel(null);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Input/output error", "No space left on device", "Permission denied", "Device or resource busy"})
    void an_operation_that_fails_once_is_reported_and_leaves_the_host_whole(String error) {
        int operations = operationsOfTheStory();

        for (int at = 1; at <= operations; at++) {
            SimulatedHost host = new SimulatedHost();
            List<String> failed = new ArrayList<>();
            host.files.meet(failingOnce(at, error, failed), new SplittableRandom(at));
            Enforcement enforcement = host.start();

            boolean reported = happensWhole(host, enforcement, error, failed, Enforcement::recover);
            for (SimulatedHost.Event event : SimulatedHost.STORY) {
                reported |= happensWhole(host, enforcement, error, failed, event);
            }

            assertThat(reported)
                    .as("reported: " + error + " at operation " + at + ": " + failed)
                    .isTrue();
            assertThat(enforcement.rollback("test", "", Optional.empty()).outcome())
                    .as("rolled back after " + failed)
                    .isEqualTo("applied");
            assertThat(host.observed()).as("rolled back after " + failed).isEqualTo(host.expected(Map.of()));
        }
    }

    @Test
    void a_place_that_can_not_be_changed_is_named_and_the_rest_of_the_host_stays_whole() {
        for (String place :
                List.of("swappiness", "tcp_rmem", "cpu.weight", "memory.high", "service.conf", "fresh", "set-mode")) {
            for (int event = 0; event < SimulatedHost.STORY.size(); event++) {
                SimulatedHost host = new SimulatedHost();
                Enforcement enforcement = host.start();
                enforcement.recover();
                SimulatedHost.STORY.subList(0, event).forEach(before -> before.happen(enforcement));

                List<String> failed = new ArrayList<>();
                host.files.meet(failingAlways(place, failed), new SplittableRandom(event));
                boolean reported =
                        happensWhole(host, enforcement, "Invalid argument", failed, SimulatedHost.STORY.get(event));

                assertThat(reported)
                        .as("reported after event " + event + ": " + failed)
                        .isEqualTo(!failed.isEmpty());
                host.files.meet(Trouble.NONE, new SplittableRandom(event));
                enforcement.rollback("test", "", Optional.empty());
                assertThat(host.observed()).as("rolled back after " + failed).isEqualTo(host.expected(Map.of()));
            }
        }
    }

    /** @return whether the failure can be read in the status after the event */
    private static boolean happensWhole(
            SimulatedHost host, Enforcement enforcement, String error, List<String> failed, SimulatedHost.Event event) {
        event.happen(enforcement);

        EnforcementStatus status = enforcement.status();
        boolean stuckOnTheWayToOriginal = "failed".equals(status.outcome())
                && status.revisionInForce() == null
                && !status.parameters().isEmpty();
        if (!stuckOnTheWayToOriginal) {
            assertThat(host.observed())
                    .as("after " + failed)
                    .isEqualTo(host.expected(enforcement.active().configuration()));
        }
        return said(status).contains(error);
    }

    private static String said(EnforcementStatus status) {
        String reasons = status.parameters().entrySet().stream()
                .map(entry -> entry.getKey() + ": " + entry.getValue().reason())
                .collect(Collectors.joining("\n"));
        return reasons + status.warnings() + status.drift();
    }

    private static Trouble failingOnce(int at, String error, List<String> failed) {
        return (operation, what, path) -> {
            if (operation == at) {
                failed.add(what + " " + path);
                throw new FileSystemException(path.toString(), null, error);
            }
        };
    }

    private static Trouble failingAlways(String place, List<String> failed) {
        return (operation, what, path) -> {
            if (path.toString().contains(place) && !what.equals("read") && !what.equals("status")) {
                failed.add(what + " " + path);
                throw new FileSystemException(path.toString(), null, "Invalid argument");
            }
        };
    }

    private static int operationsOfTheStory() {
        SimulatedHost host = new SimulatedHost();
        Enforcement enforcement = host.start();
        enforcement.recover();
        SimulatedHost.STORY.forEach(event -> event.happen(enforcement));
        return host.files.operations();
    }
}
