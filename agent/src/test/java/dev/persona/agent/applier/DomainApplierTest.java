package dev.persona.agent.applier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.persona.agent.platform.Snapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DomainApplierTest extends ProgramApplierContractTest {
    private final List<Long> pauses = new ArrayList<>();

    @Override
    void prepare() throws IOException {
        Programs.install(root, "virsh");
        domain("web.1", "running", "cpu_shares     : 1024\n");
        domain("alien", "running", "");
        domain("asleep", "shut off", "cpu_shares     : 1024\n");
    }

    private void domain(String name, String state, String shares) throws IOException {
        write("/run/virsh/" + name, Programs.domain(name, state, shares));
    }

    @Override
    String program() {
        return "virsh";
    }

    @Override
    Applier applier() {
        return new DomainApplier(tool(), "fake:///host", pauses::add);
    }

    @Override
    List<Example> examples() {
        List<Object> noNumber = List.of(0, -1, 1.5, "4", true, List.of());
        return List.of(
                new Example("domain.web.1.vcpus", List.of(4, 1), noNumber),
                new Example(
                        "domain.web.1.memory",
                        List.of(1_073_741_824, 4_294_967_296L),
                        List.of(0, 1023, "1GiB", 8_589_934_592L + 1024)),
                new Example("domain.web.1.cpu_shares", List.of(2048, 2), noNumber));
    }

    @Override
    List<String> lacking() {
        return List.of("domain.nothing.vcpus", "domain.asleep.memory", "domain.alien.cpu_shares");
    }

    @Test
    void what_is_lacking_is_told_apart() throws IOException {
        assertThat(applier().support("domain.nothing.vcpus"))
                .isEqualTo(new Support.NotSupported("`fake:///host` has no virtual machine `nothing`"));
        assertThat(applier().support("domain.asleep.vcpus"))
                .isEqualTo(new Support.NotSupported("the virtual machine `asleep` is shut off; start it"));
        assertThat(applier().support("domain.alien.cpu_shares"))
                .isEqualTo(new Support.NotSupported("the hypervisor of `fake:///host` has no `cpu_shares`"));
    }

    @Test
    void memory_is_set_in_kibibytes_and_bytes_below_one_do_not_matter() throws IOException {
        applier().apply("domain.web.1.memory", json(1_073_741_824 + 1023));

        assertThat(Programs.calls(root))
                .contains("virsh <-c> <fake:///host> <setmem> <--domain> <web.1> <--size> <1048576> <--live>");
        assertThat(applier().verify("domain.web.1.memory", json(1_073_741_824)).holds())
                .isTrue();
    }

    @Test
    void more_memory_than_the_machine_can_have_is_refused_with_its_maximum() {
        assertThatThrownBy(() -> applier().apply("domain.web.1.memory", json(1L << 40)))
                .hasMessage("`domain.web.1.memory` takes at most 8589934592 bytes, the maximum of this machine, not"
                        + " `1099511627776`");
    }

    @Test
    void a_guest_that_keeps_its_memory_is_given_time_and_then_shown_as_it_is() throws IOException {
        Programs.script(root, "virsh", "case $3 in dominfo) grep . '" + root.at("/run/virsh/web.1") + "' ;; esac");

        applier().apply("domain.web.1.memory", json(1_073_741_824));

        assertThat(pauses).hasSize(100).containsOnly(200L);
        assertThat(applier().verify("domain.web.1.memory", json(1_073_741_824)))
                .isEqualTo(new Verification(false, java.util.Optional.of("2097152 KiB")));
    }

    @Test
    void a_machine_that_was_shut_off_took_its_live_values_with_it() throws IOException {
        Snapshot original = applier().read("domain.web.1.vcpus");
        applier().apply("domain.web.1.vcpus", json(4));
        domain("web.1", "shut off", "");

        applier().restore("domain.web.1.vcpus", original);

        assertThat(applier().read("domain.web.1.vcpus")).isEqualTo(Snapshot.absent());
        assertThat(Programs.calls(root))
                .filteredOn(call -> call.contains("setvcpus"))
                .hasSize(1);
    }

    @Test
    void a_hypervisor_that_does_not_answer_is_a_failure_and_no_lack() {
        DomainApplier elsewhere = new DomainApplier(tool(), "other:///host", pauses::add);

        assertThatThrownBy(() -> elsewhere.support("domain.web.1.vcpus"))
                .hasMessage("`virsh` ended with exit code 1: error: failed to connect to the hypervisor");
    }
}
