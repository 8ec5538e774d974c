package dev.persona.agent.activation;

import static dev.persona.agent.activation.Configurations.decision;
import static dev.persona.agent.activation.Configurations.persona;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;

import dev.persona.agent.applier.Appliers;
import dev.persona.agent.applier.HostCommands;
import dev.persona.agent.applier.Programs;
import dev.persona.agent.platform.DeclaredHost;
import dev.persona.agent.platform.DeclaredHost.Permit;
import dev.persona.agent.platform.HostConfig;
import dev.persona.agent.platform.HostFiles;
import dev.persona.agent.platform.HostRoot;
import dev.persona.agent.platform.LinuxFiles;
import dev.persona.agent.platform.Permission;
import dev.persona.agent.platform.RecordedLog;
import dev.persona.agent.platform.TurnedClock;
import dev.persona.agent.protocol.AgentMessage.Acknowledgement;
import dev.persona.agent.protocol.AgentMessage.ParameterDrift;
import dev.persona.agent.protocol.AgentMessage.ParameterOutcome;
import dev.persona.agent.protocol.AgentMessage.Pin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Enforcement on a real file tree that stands in for a host's. */
class EnforcementTest {
    private static final String SWAPPINESS = "sysctl.vm.swappiness";

    @TempDir
    Path folder;

    private final TurnedClock clock = new TurnedClock();
    private Path root;
    private Enforcement enforcement;

    @BeforeEach
    void host() throws IOException {
        root = folder.resolve("root");
        write("proc/sys/vm/swappiness", "60\n");
        write("proc/sys/net/ipv4/tcp_rmem", "4096\t131072\t6291456\n");
        write("sys/fs/cgroup/db.slice/cpu.weight", "100\n");
        write("sys/fs/cgroup/db.slice/memory.high", "max\n");
        write("etc/motd", "welcome\n");
        enforcement = started(Permit.all("sysctl.*", "cpu.*", "memory.*", "file.*"));
    }

    private Enforcement started(List<HostConfig.PermitRule> permit) {
        return started(
                permit, Map.of("motd", DeclaredHost.File.at("/etc/motd"), "fresh", DeclaredHost.File.at("/etc/fresh")));
    }

    private Enforcement started(List<HostConfig.PermitRule> permit, Map<String, HostConfig.ManagedFile> declared) {
        HostConfig config = new DeclaredHost(
                root, folder.resolve("state"), DeclaredHost.Group.of("db.slice"), permit, declared, Map.of());
        HostFiles files = new LinuxFiles();
        Enforcement started = new Enforcement(
                files,
                new HostRoot(config.root()),
                config.state(),
                Appliers.of(config, files, new HostCommands(new HostRoot(config.root()))),
                new Permission(config.permit()),
                clock);
        started.recover();
        return started;
    }

    private Enforcement restarted() {
        return started(Permit.all("sysctl.*", "cpu.*", "memory.*", "file.*"));
    }

    @Test
    void a_decision_is_applied_and_acknowledged_parameter_by_parameter() throws IOException {
        Acknowledgement acknowledgement =
                enforcement.enforce(decision(8, Map.of(SWAPPINESS, 1, "cpu.weight", 100, "file.fresh", "hello\n")));

        assertThat(acknowledgement)
                .isEqualTo(new Acknowledgement(
                        8,
                        "applied",
                        8L,
                        clock.instant(),
                        Map.of(
                                SWAPPINESS,
                                new ParameterOutcome("applied", null),
                                "cpu.weight",
                                new ParameterOutcome("unchanged", null),
                                "file.fresh",
                                new ParameterOutcome("applied", null)),
                        Map.of()));
        assertThat(enforcement.acknowledgement()).contains(acknowledgement);
        assertThat(read("proc/sys/vm/swappiness")).isEqualTo("1\n");
        assertThat(read("etc/fresh")).isEqualTo("hello\n");
        assertThat(enforcement.revisionInForce()).contains(8L);
    }

    @Test
    void only_what_is_about_to_change_enters_the_journal() {
        enforcement.enforce(decision(8, Map.of(SWAPPINESS, 1, "cpu.weight", 100)));

        assertThat(enforcement.original())
                .containsExactly(new OriginalValue(SWAPPINESS, "60", clock.instant(), "unknown", 8));
    }

    @Test
    void parameters_no_longer_wanted_get_their_original_back_and_leave_the_journal() throws IOException {
        enforcement.enforce(decision(8, Map.of(SWAPPINESS, 1, "file.motd", "other", "file.fresh", "hello")));

        enforcement.enforce(decision(9, Map.of(SWAPPINESS, 2)));

        assertThat(read("etc/motd")).isEqualTo("welcome\n");
        assertThat(root.resolve("etc/fresh")).doesNotExist();
        assertThat(read("proc/sys/vm/swappiness")).isEqualTo("2\n");
        assertThat(enforcement.original()).extracting(OriginalValue::parameter).containsExactly(SWAPPINESS);
        assertThat(enforcement.original()).extracting(OriginalValue::value).containsExactly("60");
    }

    @Test
    void what_is_not_permitted_is_never_tried_and_does_not_keep_the_rest_back() throws IOException {
        enforcement = started(List.of(Permit.any("cpu.weight"), Permit.range(SWAPPINESS, "0", "100")));

        Acknowledgement acknowledgement =
                enforcement.enforce(decision(8, Map.of(SWAPPINESS, 200, "cpu.weight", 800, "file.motd", "other")));

        assertThat(acknowledgement.outcome()).isEqualTo("incomplete");
        assertThat(acknowledgement.revisionInForce()).isEqualTo(8);
        assertThat(acknowledgement.parameters())
                .containsEntry(
                        "file.motd",
                        new ParameterOutcome("not_permitted", "`file.motd` is not in `persona.agent.permit`"))
                .containsEntry(
                        SWAPPINESS,
                        new ParameterOutcome(
                                "not_permitted",
                                "`sysctl.vm.swappiness` = `200` is above 100, see `persona.agent.permit[1].maximum`"));
        assertThat(read("etc/motd")).isEqualTo("welcome\n");
        assertThat(read("sys/fs/cgroup/db.slice/cpu.weight")).isEqualTo("800\n");
    }

    @Test
    void what_this_host_lacks_is_not_supported_with_the_reason() {
        Acknowledgement acknowledgement = enforcement.enforce(
                decision(8, Map.of("sysctl.vm.nothing", 1, "file.other", "x", "memory.max", 1, "disk.magic", 1)));

        assertThat(acknowledgement.outcome()).isEqualTo("incomplete");
        assertThat(acknowledgement.parameters().values())
                .extracting(ParameterOutcome::status)
                .containsExactlyInAnyOrder("not_supported", "not_supported", "not_supported", "not_permitted");
        assertThat(acknowledgement.parameters().get("file.other").reason())
                .isEqualTo("no such file is declared, see `persona.agent.file.other.path`");
    }

    @Test
    void a_parameter_that_excludes_the_one_before_takes_its_place_at_once() throws IOException {
        Programs.install(new HostRoot(root), "tc");
        write("proc/net/route", Programs.routeBy("eth0"));
        write("run/tc/eth0", Programs.qdisc("eth0", "fq_codel", "0:", ""));
        enforcement = started(Permit.all("network.*"));
        enforcement.enforce(decision(8, Map.of("network.egress.rate", 1_000_000)));

        for (String other : List.of("network.egress.rate.eth0", "network.egress.rate")) {
            Acknowledgement acknowledgement = enforcement.enforce(decision(9, Map.of(other, 2_000_000)));

            assertThat(acknowledgement.outcome()).isEqualTo("applied");
            assertThat(acknowledgement.parameters())
                    .containsExactly(entry(other, new ParameterOutcome("applied", null)));
            assertThat(enforcement.original())
                    .extracting(OriginalValue::parameter)
                    .containsExactly(other);
        }
        enforcement.rollback("bob", "", Optional.empty());
        assertThat(read("run/tc/eth0")).contains("fq_codel");
    }

    @Test
    void what_is_not_as_wanted_is_logged_when_that_changes_only() throws IOException {
        try (RecordedLog log = new RecordedLog(Enforcement.class)) {
            enforcement.enforce(decision(8, Map.of("sysctl.vm.none", 1)));
            enforcement.enforce(decision(9, Map.of("sysctl.vm.none", 2)));
            enforcement.recover();
            assertThat(notAsWanted(log)).hasSize(1);

            write("proc/sys/vm/none", "1\n");
            enforcement.recover();
            Files.delete(root.resolve("proc/sys/vm/none"));
            enforcement.recover();
            assertThat(notAsWanted(log))
                    .hasSize(2)
                    .allMatch(line -> line.contains("parameter=sysctl.vm.none status=not_supported"));
        }
    }

    private static List<String> notAsWanted(RecordedLog log) {
        return log.lines().stream()
                .filter(line -> line.startsWith("A parameter is not as wanted"))
                .toList();
    }

    @Test
    void one_parameter_that_fails_puts_the_whole_decision_back_to_what_was_in_force() throws IOException {
        enforcement.enforce(decision(8, Map.of(SWAPPINESS, 10, "file.motd", "eight")));

        Acknowledgement acknowledgement =
                enforcement.enforce(decision(9, Map.of(SWAPPINESS, 20, "file.motd", "nine", "cpu.weight", "heavy")));

        assertThat(acknowledgement.outcome()).isEqualTo("failed");
        assertThat(acknowledgement.revision()).isEqualTo(9);
        assertThat(acknowledgement.revisionInForce()).isEqualTo(8);
        assertThat(acknowledgement.parameters())
                .containsEntry(
                        "cpu.weight",
                        new ParameterOutcome("failed", "`cpu.weight` takes a whole number 1..10000, not `heavy`"))
                .containsEntry(SWAPPINESS, new ParameterOutcome("failed", "put back, because `cpu.weight` failed"));
        assertThat(read("proc/sys/vm/swappiness")).isEqualTo("10\n");
        assertThat(read("etc/motd")).isEqualTo("eight");
        assertThat(enforcement.active().revision()).isEqualTo(8);
    }

    @Test
    void a_pin_is_laid_over_the_decision_and_taken_off_again() throws IOException {
        enforcement.enforce(decision(8, Map.of(SWAPPINESS, 10, "cpu.weight", 200)));
        enforcement.remember(List.of(persona("lockdown", 5, Map.of(SWAPPINESS, 0))));

        PinOutcome outcome = enforcement.pin("lockdown", "alice", "incident", Optional.empty());

        assertThat(outcome).isInstanceOf(PinOutcome.Pinned.class);
        assertThat(read("proc/sys/vm/swappiness")).isEqualTo("0\n");
        assertThat(read("sys/fs/cgroup/db.slice/cpu.weight")).isEqualTo("200\n");
        assertThat(enforcement.active().activePersonas())
                .extracting(ActivePersonas.ActivePersona::personaId)
                .containsExactly("lockdown", "automatic");
        assertThat(enforcement.active().configuration().get(SWAPPINESS).personaId())
                .isEqualTo("lockdown");

        assertThat(enforcement.unpin("lockdown")).isPresent();
        assertThat(read("proc/sys/vm/swappiness")).isEqualTo("10\n");
        assertThat(enforcement.unpin("lockdown")).isEmpty();
    }

    @Test
    void the_pin_with_the_higher_priority_claims_first_and_equal_ones_by_id() {
        enforcement.remember(List.of(
                persona("b", 5, Map.of(SWAPPINESS, 2, "cpu.weight", 2)),
                persona("a", 5, Map.of(SWAPPINESS, 1)),
                persona("c", 9, Map.of("cpu.weight", 3))));

        enforcement.pin("b", "alice", "", Optional.empty());
        enforcement.pin("a", "alice", "", Optional.empty());
        enforcement.pin("c", "alice", "", Optional.empty());

        assertThat(enforcement.active().activePersonas())
                .extracting(ActivePersonas.ActivePersona::personaId)
                .containsExactly("c", "a", "b");
        assertThat(enforcement.active().configuration())
                .extractingByKeys(SWAPPINESS, "cpu.weight")
                .extracting(setting -> setting.value().asInt())
                .containsExactly(1, 3);
    }

    @Test
    void a_pin_that_can_not_be_applied_does_not_stand() throws IOException {
        enforcement.enforce(decision(8, Map.of(SWAPPINESS, 10)));
        enforcement.remember(List.of(persona("broken", 5, Map.of(SWAPPINESS, 0, "cpu.weight", "heavy"))));

        PinOutcome outcome = enforcement.pin("broken", "alice", "", Optional.empty());

        assertThat(outcome).isInstanceOf(PinOutcome.Failed.class);
        assertThat(enforcement.orders().pins()).isEmpty();
        assertThat(read("proc/sys/vm/swappiness")).isEqualTo("10\n");
    }

    @Test
    void an_unknown_persona_can_not_be_pinned_and_the_known_ones_are_named() {
        enforcement.remember(List.of(persona("lockdown", 5, Map.of())));

        assertThat(enforcement.pin("lockdwn", "alice", "", Optional.empty()))
                .isEqualTo(new PinOutcome.UnknownPersona(List.of("lockdown")));
    }

    @Test
    void pins_are_limited_in_number_length_and_time() {
        enforcement.remember(IntStream.rangeClosed(0, Enforcement.MAX_PINS)
                .mapToObj(index -> persona("p" + index, 5, Map.of()))
                .toList());
        for (int index = 0; index < Enforcement.MAX_PINS; index++) {
            enforcement.pin("p" + index, "alice", "", Optional.empty());
        }

        assertThat(enforcement.pin("p" + Enforcement.MAX_PINS, "alice", "", Optional.empty()))
                .isEqualTo(new PinOutcome.TooManyPins(Enforcement.MAX_PINS));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> enforcement.pin("p0", "alice", "r".repeat(501), Optional.empty()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> enforcement.pin("p0", "alice", "", Optional.of(Duration.ZERO)));
    }

    @Test
    void a_pin_ends_by_itself_at_its_very_instant() throws IOException {
        enforcement.remember(List.of(persona("lockdown", 5, Map.of(SWAPPINESS, 0))));
        enforcement.pin("lockdown", "alice", "", Optional.of(Duration.ofMinutes(10)));

        assertThat(enforcement.nextExpiry()).contains(clock.instant().plus(Duration.ofMinutes(10)));
        clock.turn(Duration.ofMinutes(10).minusNanos(1));
        assertThat(enforcement.expire()).isEmpty();
        clock.turn(Duration.ofNanos(1));

        assertThat(enforcement.expire()).isPresent();
        assertThat(read("proc/sys/vm/swappiness")).isEqualTo("60\n");
        assertThat(enforcement.nextExpiry()).isEmpty();
    }

    @Test
    void a_pin_ends_when_its_persona_is_withdrawn_and_follows_it_when_it_changes() throws IOException {
        enforcement.remember(List.of(persona("lockdown", 5, Map.of(SWAPPINESS, 0))));
        enforcement.pin("lockdown", "alice", "", Optional.empty());

        assertThat(enforcement.remember(List.of(persona("lockdown", 5, Map.of(SWAPPINESS, 3)))))
                .isPresent();
        assertThat(read("proc/sys/vm/swappiness")).isEqualTo("3\n");

        assertThat(enforcement.remember(List.of())).isPresent();
        assertThat(read("proc/sys/vm/swappiness")).isEqualTo("60\n");
        assertThat(enforcement.orders().pins()).isEmpty();
    }

    @Test
    void a_rollback_restores_everything_drops_pins_and_holds_the_host_until_it_is_resumed() throws IOException {
        enforcement.enforce(decision(8, Map.of(SWAPPINESS, 10, "file.motd", "eight")));
        enforcement.remember(List.of(persona("lockdown", 5, Map.of("file.fresh", "x"))));
        enforcement.pin("lockdown", "alice", "", Optional.empty());

        Acknowledgement acknowledgement = enforcement.rollback("bob", "maintenance", Optional.empty());

        assertThat(acknowledgement.outcome()).isEqualTo("applied");
        assertThat(acknowledgement.revisionInForce()).isNull();
        assertThat(read("proc/sys/vm/swappiness")).isEqualTo("60\n");
        assertThat(read("etc/motd")).isEqualTo("welcome\n");
        assertThat(root.resolve("etc/fresh")).doesNotExist();
        assertThat(enforcement.original()).isEmpty();
        assertThat(enforcement.orders().pins()).isEmpty();
        assertThat(enforcement.orders().hold().by()).isEqualTo("bob");

        enforcement.enforce(decision(9, Map.of(SWAPPINESS, 20)));
        assertThat(read("proc/sys/vm/swappiness")).isEqualTo("60\n");
        assertThat(enforcement.pin("lockdown", "alice", "", Optional.empty())).isInstanceOf(PinOutcome.Held.class);

        assertThat(enforcement.resume()).isPresent();
        assertThat(read("proc/sys/vm/swappiness")).isEqualTo("20\n");
        assertThat(enforcement.resume()).isEmpty();
    }

    @Test
    void a_hold_ends_by_itself() throws IOException {
        enforcement.enforce(decision(8, Map.of(SWAPPINESS, 10)));
        enforcement.rollback("bob", "", Optional.of(Duration.ofMinutes(30)));

        clock.turn(Duration.ofMinutes(30));
        enforcement.expire();

        assertThat(read("proc/sys/vm/swappiness")).isEqualTo("10\n");
        assertThat(enforcement.orders().hold()).isNull();
    }

    @Test
    void what_can_not_be_restored_is_reported_and_kept_in_the_journal() throws IOException {
        enforcement.enforce(decision(8, Map.of(SWAPPINESS, 10, "file.motd", "eight")));
        Files.delete(root.resolve("etc/motd"));
        Files.createDirectory(root.resolve("etc/motd"));
        Files.writeString(root.resolve("etc/motd/in-the-way"), "");

        Acknowledgement acknowledgement = enforcement.rollback("bob", "", Optional.empty());

        assertThat(acknowledgement.outcome()).isEqualTo("failed");
        assertThat(acknowledgement.parameters().get("file.motd").reason()).startsWith("can't be restored: ");
        assertThat(read("proc/sys/vm/swappiness")).isEqualTo("60\n");
        assertThat(enforcement.original()).extracting(OriginalValue::parameter).containsExactly("file.motd");
    }

    @Test
    void decision_pins_and_originals_survive_a_restart() throws IOException {
        enforcement.enforce(decision(8, Map.of(SWAPPINESS, 10)));
        enforcement.remember(List.of(persona("lockdown", 5, Map.of("cpu.weight", 7))));
        enforcement.pin("lockdown", "alice", "incident", Optional.empty());
        Pin pin = enforcement.orders().pins().get(0);

        Enforcement next = restarted();

        assertThat(next.orders().pins()).containsExactly(pin);
        assertThat(next.revisionInForce()).contains(8L);
        assertThat(next.active()).isEqualTo(enforcement.active());
        next.rollback("bob", "", Optional.empty());
        assertThat(read("proc/sys/vm/swappiness")).isEqualTo("60\n");
        assertThat(read("sys/fs/cgroup/db.slice/cpu.weight")).isEqualTo("100\n");
    }

    @Test
    void a_hold_survives_a_restart_and_ends_on_time_while_nobody_ran() throws IOException {
        enforcement.enforce(decision(8, Map.of(SWAPPINESS, 10)));
        enforcement.rollback("bob", "", Optional.of(Duration.ofMinutes(30)));

        Enforcement held = restarted();
        assertThat(held.orders().hold()).isNotNull();
        assertThat(read("proc/sys/vm/swappiness")).isEqualTo("60\n");

        clock.turn(Duration.ofHours(1));
        assertThat(restarted().orders().hold()).isNull();
        assertThat(read("proc/sys/vm/swappiness")).isEqualTo("10\n");
    }

    @Test
    void kernel_values_of_an_earlier_boot_are_forgotten_and_files_are_not() throws IOException {
        write("proc/sys/kernel/random/boot_id", "first\n");
        enforcement = restarted();
        enforcement.enforce(decision(8, Map.of(SWAPPINESS, 10, "file.motd", "eight")));

        write("proc/sys/kernel/random/boot_id", "second\n");
        write("proc/sys/vm/swappiness", "30\n"); // what the new boot, with another sysctl.d, begins with
        Enforcement booted = restarted();

        assertThat(read("proc/sys/vm/swappiness")).isEqualTo("10\n");
        booted.rollback("bob", "", Optional.empty());
        assertThat(read("proc/sys/vm/swappiness")).isEqualTo("30\n");
        assertThat(read("etc/motd")).isEqualTo("welcome\n");
    }

    @Test
    void what_others_changed_is_reported_as_drift_and_left_alone() throws IOException {
        enforcement.enforce(decision(8, Map.of(SWAPPINESS, 10, "cpu.weight", 200)));
        assertThat(enforcement.verify()).isEmpty();

        write("proc/sys/vm/swappiness", "33\n");
        List<Drift> drift = enforcement.verify();
        clock.turn(Duration.ofMinutes(1));

        assertThat(drift)
                .containsExactly(new Drift(
                        SWAPPINESS,
                        Configurations.json(10),
                        "33",
                        null,
                        clock.instant().minusSeconds(60)));
        assertThat(enforcement.verify()).isEqualTo(drift);
        assertThat(enforcement.status().drift()).isEqualTo(drift);
        assertThat(read("proc/sys/vm/swappiness")).isEqualTo("33\n");
    }

    @Test
    void drift_is_said_with_the_last_acknowledgement_until_it_is_gone() throws IOException {
        Acknowledgement applied =
                enforcement.enforce(decision(8, Map.of(SWAPPINESS, 10, "file.motd", "x".repeat(1_000))));
        write("proc/sys/vm/swappiness", "33\n");
        Files.delete(root.resolve("etc/motd"));
        enforcement.verify();

        Acknowledgement drifted = enforcement.acknowledgement().orElseThrow();
        assertThat(drifted.drift())
                .containsOnly(
                        entry(SWAPPINESS, new ParameterDrift("10", "33", null, clock.instant())),
                        entry("file.motd", new ParameterDrift("x".repeat(200) + "…", null, null, clock.instant())));
        assertThat(drifted.parameters()).isEqualTo(applied.parameters());

        write("proc/sys/vm/swappiness", "10\n");
        write("etc/motd", "x".repeat(1_000));
        enforcement.verify();
        assertThat(enforcement.acknowledgement()).contains(applied);
    }

    @Test
    void drift_is_corrected_as_often_as_the_limit_allows_and_then_left_alone_and_reported() throws IOException {
        CorrectionLimit limit = new CorrectionLimit(2, Duration.ofHours(1));
        enforcement.enforce(decision(8, Map.of(SWAPPINESS, 10, "cpu.weight", 200)));
        for (int time = 1; time <= 2; time++) {
            write("proc/sys/vm/swappiness", "33\n");
            assertThat(enforcement.correct(limit)).isEmpty();
            assertThat(read("proc/sys/vm/swappiness")).isEqualTo("10\n");
            assertThat(enforcement.status().corrections())
                    .containsExactly(new Correction(SWAPPINESS, time, clock.instant(), time == 2, null));
            clock.turn(Duration.ofMinutes(10));
        }

        write("proc/sys/vm/swappiness", "33\n");
        assertThat(enforcement.correct(limit)).extracting(Drift::parameter).containsExactly(SWAPPINESS);
        assertThat(read("proc/sys/vm/swappiness")).isEqualTo("33\n");
        assertThat(enforcement.status().corrections())
                .extracting(Correction::leftAlone)
                .containsExactly(true);

        clock.turn(Duration.ofMinutes(40)); // the first correction is an hour old
        assertThat(enforcement.correct(limit)).isEmpty();
        assertThat(read("proc/sys/vm/swappiness")).isEqualTo("10\n");
    }

    @Test
    void corrections_count_over_a_restart_but_not_those_of_a_clock_that_was_wrong() throws IOException {
        CorrectionLimit limit = new CorrectionLimit(1, Duration.ofHours(1));
        enforcement.enforce(decision(8, Map.of(SWAPPINESS, 10)));
        write("proc/sys/vm/swappiness", "33\n");
        enforcement.correct(limit);

        clock.turn(Duration.ofMinutes(59));
        Enforcement next = restarted();
        next.recover();
        write("proc/sys/vm/swappiness", "33\n");
        next.correct(limit);
        assertThat(read("proc/sys/vm/swappiness")).isEqualTo("33\n");
        assertThat(next.status().corrections())
                .containsExactly(
                        new Correction(SWAPPINESS, 1, clock.instant().minus(Duration.ofMinutes(59)), true, null));

        clock.turn(Duration.ofDays(-365));
        assertThat(next.correct(limit)).isEmpty();
        assertThat(read("proc/sys/vm/swappiness")).isEqualTo("10\n");
    }

    @Test
    void a_correction_that_fails_costs_that_parameter_only() throws IOException {
        CorrectionLimit limit = new CorrectionLimit(3, Duration.ofHours(1));
        enforcement.enforce(decision(8, Map.of(SWAPPINESS, 10, "file.motd", "eight")));
        write("proc/sys/vm/swappiness", "33\n");
        Files.delete(root.resolve("etc/motd"));
        Files.createDirectory(root.resolve("etc/.motd.persona-agent"));
        Files.writeString(root.resolve("etc/.motd.persona-agent/in-the-way"), "");

        List<Drift> drift = enforcement.correct(limit);

        assertThat(drift).extracting(Drift::parameter).containsExactly("file.motd");
        assertThat(read("proc/sys/vm/swappiness")).isEqualTo("10\n");
        assertThat(enforcement.status().corrections())
                .extracting(Correction::parameter, correction -> correction.failure() == null)
                .containsExactly(tuple("file.motd", false), tuple(SWAPPINESS, true));
        assertThat(enforcement.revisionInForce()).contains(8L);
    }

    @Test
    void a_corrected_host_still_rolls_back_to_its_true_original() throws IOException {
        enforcement.enforce(decision(8, Map.of(SWAPPINESS, 10)));
        write("proc/sys/vm/swappiness", "33\n");
        enforcement.correct(new CorrectionLimit(3, Duration.ofHours(1)));

        enforcement.rollback("bob", "", Optional.empty());

        assertThat(read("proc/sys/vm/swappiness")).isEqualTo("60\n");
        write("proc/sys/vm/swappiness", "61\n");
        assertThat(enforcement.correct(new CorrectionLimit(3, Duration.ofHours(1))))
                .isEmpty();
        assertThat(read("proc/sys/vm/swappiness")).isEqualTo("61\n");
    }

    @Test
    void a_decision_that_lapses_leaves_the_pins_and_is_forgotten_over_a_restart() throws IOException {
        enforcement.enforce(decision(8, Map.of(SWAPPINESS, 10, "cpu.weight", 200)));
        enforcement.remember(List.of(persona("lockdown", 5, Map.of("cpu.weight", 7))));
        enforcement.pin("lockdown", "alice", "", Optional.empty());

        assertThat(enforcement.lapse()).isPresent();
        assertThat(enforcement.lapse()).isEmpty();

        assertThat(read("proc/sys/vm/swappiness")).isEqualTo("60\n");
        assertThat(read("sys/fs/cgroup/db.slice/cpu.weight")).isEqualTo("7\n");
        enforcement = restarted();
        assertThat(read("proc/sys/vm/swappiness")).isEqualTo("60\n");
        assertThat(enforcement.orders().pins()).hasSize(1);

        enforcement.enforce(decision(8, Map.of(SWAPPINESS, 10)));
        assertThat(read("proc/sys/vm/swappiness")).isEqualTo("10\n");
    }

    @Test
    void competing_tools_at_work_are_named() throws IOException {
        write("proc/4711/comm", "power-profiles-\n");
        write("proc/4712/comm", "bash\n");
        Files.createDirectories(root.resolve("run/systemd/units"));
        Files.createSymbolicLink(root.resolve("run/systemd/units/invocation:tlp.service"), Path.of("0123"));

        assertThat(restarted().status().warnings())
                .containsExactly(
                        "`power-profiles-daemon` is active and may set the same parameters; stop it, or permit here"
                                + " only what it leaves alone",
                        "`tlp` is active and may set the same parameters; stop it, or permit here only what it leaves"
                                + " alone");
        assertThat(enforcement.status().warnings()).isEmpty();
    }

    @Test
    void the_parameter_that_failed_a_decision_is_named() {
        enforcement.enforce(decision(8, Map.of(SWAPPINESS, 10)));
        enforcement.enforce(decision(9, Map.of(SWAPPINESS, 20, "cpu.weight", "heavy")));

        EnforcementStatus status = enforcement.status();

        assertThat(status.revision()).isEqualTo(9);
        assertThat(status.failedAt()).isEqualTo("cpu.weight");
        assertThat(status.parameters().get("cpu.weight").reason())
                .isEqualTo("`cpu.weight` takes a whole number 1..10000, not `heavy`");
        assertThat(status.revisionInForce()).isEqualTo(8);

        enforcement.enforce(decision(10, Map.of(SWAPPINESS, 20)));
        assertThat(enforcement.status().failedAt()).isNull();
    }

    @Test
    void a_pin_is_laid_over_the_decision_in_force_while_a_newer_one_fails() throws IOException {
        enforcement.enforce(decision(8, Map.of(SWAPPINESS, 10)));
        enforcement.remember(List.of(persona("lockdown", 5, Map.of("cpu.weight", 7))));
        enforcement.enforce(decision(9, Map.of(SWAPPINESS, 20, "memory.high", "much")));

        PinOutcome outcome = enforcement.pin("lockdown", "alice", "", Optional.empty());

        assertThat(outcome).isInstanceOf(PinOutcome.Pinned.class);
        assertThat(enforcement.status().revision()).isEqualTo(9);
        assertThat(enforcement.status().revisionInForce()).isEqualTo(8);
        assertThat(read("proc/sys/vm/swappiness")).isEqualTo("10\n");
        assertThat(read("sys/fs/cgroup/db.slice/cpu.weight")).isEqualTo("7\n");
    }

    @Test
    void a_decision_that_failed_gets_another_try_when_asked_for() throws IOException {
        Files.createDirectory(root.resolve("etc/.motd.persona-agent"));
        Files.writeString(root.resolve("etc/.motd.persona-agent/in-the-way"), "");
        assertThat(enforcement
                        .enforce(decision(8, Map.of("file.motd", "eight")))
                        .outcome())
                .isEqualTo("failed");

        Files.delete(root.resolve("etc/.motd.persona-agent/in-the-way"));

        assertThat(enforcement.recover().outcome()).isEqualTo("applied");
        assertThat(read("etc/motd")).isEqualTo("eight");
    }

    @Test
    void a_file_whose_declaration_was_deleted_is_named_and_does_not_keep_the_rest_back() throws IOException {
        enforcement.enforce(decision(8, Map.of(SWAPPINESS, 10, "file.motd", "eight")));

        HostConfig.PermitRule all = Permit.any("*");
        Enforcement undeclared = started(List.of(all), Map.of());
        Acknowledgement acknowledgement = undeclared.enforce(decision(9, Map.of(SWAPPINESS, 20)));

        assertThat(acknowledgement.outcome()).isEqualTo("incomplete");
        assertThat(acknowledgement.parameters().get("file.motd").reason())
                .isEqualTo("can't be restored: no such file is declared, see `persona.agent.file.motd.path`");
        assertThat(read("proc/sys/vm/swappiness")).isEqualTo("20\n");
        assertThat(restarted().rollback("bob", "", Optional.empty()).outcome()).isEqualTo("applied");
        assertThat(read("etc/motd")).isEqualTo("welcome\n");
    }

    @Test
    void what_is_no_longer_permitted_gets_its_original_back() throws IOException {
        enforcement.enforce(decision(8, Map.of(SWAPPINESS, 10, "cpu.weight", 7)));

        enforcement = started(Permit.all("cpu.*"));

        assertThat(read("proc/sys/vm/swappiness")).isEqualTo("60\n");
        assertThat(read("sys/fs/cgroup/db.slice/cpu.weight")).isEqualTo("7\n");
    }

    @Test
    void a_damaged_memory_is_set_aside_and_the_host_is_brought_to_its_original() throws IOException {
        enforcement.enforce(decision(8, Map.of(SWAPPINESS, 10)));
        Files.writeString(folder.resolve("state/standing.json"), "damaged");

        Enforcement next = restarted();

        assertThat(read("proc/sys/vm/swappiness")).isEqualTo("60\n");
        assertThat(next.status().warnings())
                .singleElement()
                .asString()
                .contains("standing.json` can't be read and was set aside as");
    }

    @Test
    void the_way_leads_through_only_what_differs_growing_before_shrinking() {
        SimulatedHost host = new SimulatedHost();
        Enforcement simulated = host.start();
        simulated.enforce(decision(1, Map.of(SWAPPINESS, 10, "memory.high", 4_194_304, "memory.max", 8_388_608)));

        List<String> shrinking = host.writesOf(() -> simulated.enforce(
                decision(2, Map.of(SWAPPINESS, 10, "memory.high", 1_048_576, "memory.max", 2_097_152))));
        List<String> growing = host.writesOf(() -> simulated.enforce(
                decision(3, Map.of(SWAPPINESS, 10, "memory.high", 4_194_304, "memory.max", 8_388_608))));
        List<String> back = host.writesOf(() -> simulated.rollback("bob", "", Optional.empty()));

        assertThat(shrinking).containsExactly("memory.high", "memory.max");
        assertThat(growing).containsExactly("memory.max", "memory.high");
        assertThat(back).containsExactly("memory.max", "memory.high", "swappiness");
    }

    @Test
    void a_key_and_its_counterpart_follow_each_other_and_keep_the_original_of_both() {
        SimulatedHost host = new SimulatedHost();
        Enforcement simulated = host.start();
        simulated.enforce(decision(1, Map.of("sysctl.vm.dirty_bytes", 1_048_576)));

        simulated.enforce(decision(2, Map.of("sysctl.vm.dirty_ratio", 10)));

        assertThat(host.astrayFrom(simulated.active().configuration())).isEmpty();
        assertThat(simulated.rollback("bob", "", Optional.empty()).outcome()).isEqualTo("applied");
        assertThat(host.astrayFrom(Map.of())).isEmpty();
    }

    @Test
    void of_two_keys_that_exclude_each_other_one_is_set_and_the_other_told_and_left_alone() {
        SimulatedHost host = new SimulatedHost();
        Enforcement simulated = host.start();

        Acknowledgement acknowledgement =
                simulated.enforce(decision(1, Map.of("sysctl.vm.dirty_bytes", 1_048_576, "sysctl.vm.dirty_ratio", 10)));

        assertThat(acknowledgement.outcome()).isEqualTo("incomplete");
        assertThat(acknowledgement.parameters())
                .containsEntry("sysctl.vm.dirty_bytes", new ParameterOutcome("applied", null))
                .containsEntry(
                        "sysctl.vm.dirty_ratio",
                        new ParameterOutcome(
                                "not_supported", "`sysctl.vm.dirty_bytes` sets the same; want one of the two"));
        assertThat(simulated.verify()).isEmpty();
        assertThat(simulated.recover().parameters().get("sysctl.vm.dirty_bytes").status())
                .isEqualTo("unchanged");
    }

    @Test
    void a_withdrawn_host_is_original_and_a_start_applies_the_decision_again() throws IOException {
        enforcement.enforce(decision(8, Map.of(SWAPPINESS, 10)));

        enforcement.withdraw();
        assertThat(read("proc/sys/vm/swappiness")).isEqualTo("60\n");
        assertThat(enforcement.orders().hold()).isNull();

        restarted();
        assertThat(read("proc/sys/vm/swappiness")).isEqualTo("10\n");
    }

    @Test
    void nothing_is_tried_when_the_agents_own_files_can_not_be_read() throws IOException {
        Files.delete(folder.resolve("state/standing.json"));
        Files.createDirectory(folder.resolve("state/standing.json"));

        Enforcement blind = restarted();
        Acknowledgement acknowledgement = blind.enforce(decision(8, Map.of(SWAPPINESS, 10)));

        assertThat(acknowledgement.outcome()).isEqualTo("failed");
        assertThat(acknowledgement.parameters().get(SWAPPINESS).reason())
                .isEqualTo("the agent's own files in `persona.agent.state` can't be read: `"
                        + folder.resolve("state/standing.json") + "`: Is a directory");
        assertThat(blind.status().warnings()).isNotEmpty();
        assertThat(read("proc/sys/vm/swappiness")).isEqualTo("60\n");
    }

    private void write(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private String read(String path) throws IOException {
        return Files.readString(root.resolve(path));
    }
}
