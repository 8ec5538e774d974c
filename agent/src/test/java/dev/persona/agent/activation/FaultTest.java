package dev.persona.agent.activation;

import static dev.persona.agent.activation.Configurations.decision;
import static org.assertj.core.api.Assertions.assertThat;

import dev.persona.agent.platform.SimulatedFiles.Trouble;
import dev.persona.agent.protocol.ServerMessage.Setting;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Makes every single file operation and command of a whole story fail: each is reported, and the host stays whole.
 *
 * <p>Each operation meets one error, and the next operation the next; {@code -Dpersona.fault.rounds=5} lets each meet all.
 */
class FaultTest {
    private static final int ROUNDS = Integer.getInteger("persona.fault.rounds", 1);
    private static final String TIMEOUT = "has not ended within PT30S and was killed";
    private static final List<String> ERRORS = List.of(
            "Input/output error", "No space left on device", "Permission denied", "Device or resource busy", TIMEOUT);

    @BeforeAll
    static void hundreds_of_failures_are_not_logged() {
        Logger.getLogger("dev.persona.agent").setLevel(Level.OFF);
    }

    @AfterAll
    static void logging_goes_on() {
        Logger.getLogger("dev.persona.agent").setLevel(null);
    }

    @Test
    void an_operation_that_fails_once_is_reported_and_leaves_the_host_whole() {
        int operations = operationsOfTheStory();
        Map<String, Set<String>> met = new TreeMap<>();

        for (int at = 1; at <= operations; at++) {
            for (int round = 0; round < ROUNDS; round++) {
                String error = ERRORS.get((at + round) % ERRORS.size());
                SimulatedHost host = new SimulatedHost();
                List<String> failed = new ArrayList<>();
                host.files.meet(failingOnce(at, error, failed), new SplittableRandom(at));
                Enforcement enforcement = host.start();

                boolean reported = happensWhole(host, enforcement, failed, Enforcement::recover);
                for (SimulatedHost.Event event : SimulatedHost.STORY) {
                    reported |= happensWhole(host, enforcement, failed, event);
                }

                assertThat(reported)
                        .as("reported at operation " + at + ": " + failed)
                        .isTrue();
                assertThat(enforcement.rollback("test", "", Optional.empty()).outcome())
                        .as("rolled back after " + failed)
                        .isEqualTo("applied");
                assertThat(host.astrayFrom(Map.of()))
                        .as("rolled back after " + failed)
                        .isEmpty();
                met.computeIfAbsent(failed.get(0).split(" ")[0], what -> new TreeSet<>())
                        .add(failed.get(1));
            }
        }

        assertThat(met.keySet())
                .contains("read", "status", "write", "create", "append", "sync", "syncFolder", "rename", "delete")
                .contains("tc", "systemctl", "sshd", "nft", "virsh", "get-mode", "set-mode", "reload-service");
        assertThat(met.get("tc")).containsExactlyInAnyOrderElementsOf(ERRORS);
    }

    @Test
    void a_place_that_can_not_be_changed_is_named_and_the_rest_of_the_host_stays_whole() {
        for (String place : List.of(
                "write .*swappiness",
                "write .*tcp_rmem",
                "write .*dirty_",
                "write .*cpu.weight",
                "write .*memory.high",
                "write .*io.max",
                "write .*scaling_governor",
                "write .*scheduler",
                "write .*hugepage.*",
                "(create|rename|delete) .*service.conf.*",
                "(create|rename|delete) .*fresh.*",
                "(create|rename|delete) .*00-persona-agent.*",
                "(create|rename|delete) .*zz-persona-agent.*",
                "set-mode .*",
                "tc qdisc (replace|del) .*",
                "systemctl daemon-reload .*",
                "systemctl (start|stop) .*",
                "systemctl try-reload.*",
                "sshd -t .*",
                "(?s)nft table .*",
                "nft add .*",
                "virsh .* set.*")) {
            for (int event = 0; event < SimulatedHost.STORY.size(); event++) {
                SimulatedHost host = new SimulatedHost();
                Enforcement enforcement = host.start();
                enforcement.recover();
                SimulatedHost.STORY.subList(0, event).forEach(before -> before.happen(enforcement));

                List<String> failed = new ArrayList<>();
                host.files.meet(failingAlways(place, failed), new SplittableRandom(event));
                boolean reported = happensWhole(host, enforcement, failed, SimulatedHost.STORY.get(event));

                assertThat(reported)
                        .as("reported after event " + event + ": " + failed)
                        .isEqualTo(!failed.isEmpty());
                host.files.meet(Trouble.NONE, new SplittableRandom(event));
                enforcement.rollback("test", "", Optional.empty());
                assertThat(host.astrayFrom(Map.of()))
                        .as("rolled back after " + failed)
                        .isEmpty();
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    sysctl.vm.swappiness                | write .*swappiness
                    sysctl.vm.dirty_ratio               | write .*dirty_ratio
                    sysctl.net.ipv4.tcp_rmem            | write .*tcp_rmem
                    cpu.weight                          | write .*cpu.weight
                    cpu.governor                        | write .*policy2/scaling_governor
                    cpu.energy_performance_preference   | write .*policy2/energy.*
                    memory.high                         | write .*memory.high
                    memory.max                          | write .*memory.max
                    io.max.sda                          | write .*io.max
                    disk.scheduler.sda                  | write .*scheduler
                    disk.readahead.sda                  | write .*read_ahead_kb
                    vm.transparent_hugepage             | write .*enabled
                    network.egress.rate                 | tc qdisc replace dev eth0 .*
                    network.egress.rate.eth1            | tc qdisc replace dev eth1 .*
                    service.nginx                       | systemctl stop .*
                    security.ssh.permit_root_login      | systemctl try-reload-or-restart .*
                    security.firewall.profile           | nft add chain .*
                    domain.web.vcpus                    | virsh .*setvcpus.*
                    domain.web.memory                   | virsh .*setmem.*
                    domain.web.cpu_shares               | virsh .*--set.*
                    file.service                        | reload-service.*
                    file.fresh                          | rename .*fresh.*
                    custom.mode                         | set-mode.*
                    """)
    void a_change_that_fails_half_way_is_told_as_tried_failed_at_because_and_in_force(String parameter, String last) {
        SimulatedHost host = new SimulatedHost();
        Enforcement enforcement = host.start();
        assertThat(enforcement.enforce(decision(1, valuesOfAll(1))).outcome()).isEqualTo("applied");
        Map<String, Setting> inForce = enforcement.active().configuration();
        List<String> failed = new ArrayList<>();
        host.files.meet(
                (operation, what, path) -> {
                    if (failed.isEmpty() && (what + " " + path).matches(last)) {
                        fail(what, path, "Invalid argument", failed);
                    }
                },
                new SplittableRandom(1));

        enforcement.enforce(decision(2, valuesOfAll(0)));

        EnforcementStatus status = enforcement.status();
        assertThat(failed).isNotEmpty();
        assertThat(status.revision()).as("tried").isEqualTo(2);
        assertThat(status.revisionInForce()).as("in force").isEqualTo(1);
        assertThat(status.outcome()).isEqualTo("failed");
        assertThat(status.failedAt()).isEqualTo(parameter);
        assertThat(status.parameters().get(parameter).reason()).contains("Invalid argument");
        assertThat(host.astrayFrom(inForce)).isEmpty();
    }

    /** Of the keys between which the kernel lets choose, one. */
    private static Map<String, Object> valuesOfAll(int which) {
        Map<String, Object> values = new TreeMap<>();
        SimulatedHost.VALUES.forEach((parameter, all) -> values.put(parameter, all.get(which % all.size())));
        values.remove("sysctl.vm.dirty_bytes");
        return values;
    }

    /** @return whether the failure can be read in the status after the event */
    private static boolean happensWhole(
            SimulatedHost host, Enforcement enforcement, List<String> failed, SimulatedHost.Event event) {
        event.happen(enforcement);

        EnforcementStatus status = enforcement.status();
        boolean stuckOnTheWayToOriginal = "failed".equals(status.outcome())
                && status.revisionInForce() == null
                && !status.parameters().isEmpty();
        if (!stuckOnTheWayToOriginal) {
            assertThat(host.astrayFrom(enforcement.active().configuration()))
                    .as("after " + failed)
                    .isEmpty();
        }
        return !failed.isEmpty() && said(status).contains(failed.get(1));
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
                fail(what, path, error, failed);
            }
        };
    }

    private static Trouble failingAlways(String place, List<String> failed) {
        return (operation, what, path) -> {
            if ((what + " " + path).matches(place)) {
                fail(what, path, "Invalid argument", failed);
            }
        };
    }

    /** @param failed gets what failed, and what must be told of it */
    private static void fail(String what, Path path, String error, List<String> failed) throws IOException {
        boolean isCommand = path.startsWith("/bin");
        String met = error.equals(TIMEOUT) && !isCommand ? "Input/output error" : error;
        failed.addAll(List.of(what + " " + path, met));
        if (met.equals(TIMEOUT)) {
            throw new IOException("`" + path.getFileName() + "` " + TIMEOUT);
        }
        throw new FileSystemException(path.toString(), null, met);
    }

    private static int operationsOfTheStory() {
        SimulatedHost host = new SimulatedHost();
        Enforcement enforcement = host.start();
        enforcement.recover();
        SimulatedHost.STORY.forEach(event -> event.happen(enforcement));
        return host.files.operations();
    }
}
