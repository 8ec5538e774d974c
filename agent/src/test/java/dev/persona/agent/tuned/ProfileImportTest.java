package dev.persona.agent.tuned;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.agent.platform.HostRoot;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Profiles of this project's own, on a host in {@code src/test/resources/tuned}. */
class ProfileImportTest {
    private static final HostRoot HOST = new HostRoot(Path.of("src/test/resources/tuned"));
    private static final List<String> DISKS = List.of("sda", "nvme0n1", "nvme1n1");

    @Test
    void what_has_an_equivalent_becomes_a_parameter() {
        assertThat(parameters(imported("base")))
                .containsOnly(
                        entry("cpu.governor", "ondemand"), // the first of the alternatives that the host has
                        entry("cpu.energy_performance_preference", "balance_performance"),
                        entry("vm.transparent_hugepage", "never"),
                        entry("sysctl.vm.dirty_ratio", "40"),
                        entry("disk.readahead.sda", "512"), // sysfs comes last
                        entry("disk.readahead.nvme0n1", "128"), // sectors
                        entry("disk.readahead.nvme1n1", "4096"),
                        entry("disk.scheduler.sda", "mq-deadline"),
                        entry("disk.scheduler.nvme0n1", "none"),
                        entry("disk.scheduler.nvme1n1", "mq-deadline"),
                        entry("sysctl.vm.swappiness", "10"),
                        entry("sysctl.net.ipv4.tcp_rmem", "4096 131072 16777216"),
                        entry("sysctl.net.ipv4.conf.eth0/100.forwarding", "1"),
                        entry("sysctl.kernel.sched_autogroup_enabled", "0"));
    }

    @Test
    void what_has_none_or_is_not_for_this_host_is_listed_with_the_reason() {
        assertThat(reasons(imported("base")))
                .containsOnly(
                        entry("main.priority_of_nothing", "it concerns TuneD itself"),
                        entry(
                                "cpu.min_perf_pct",
                                "no parameter sets the bounds of intel_pstate; declare a `custom.<name>` on the host if"
                                        + " you need it"),
                        entry(
                                "disk.apm",
                                "no parameter sets what TuneD's plugin `disk` sets; declare a `custom.<name>` on the"
                                        + " host if you need it"),
                        entry("sysctl.net.core.somaxconn", "this host has `4096` already"),
                        entry("sysctl.kernel.sem", "`sysctl.kernel.sem` takes one line"),
                        entry("sysctl.arm.kernel.numa_balancing", "it is for other systems than this host"),
                        entry(
                                "sysfs./sys/kernel/mm/ksm/run",
                                "no parameter writes this file; declare a `custom.<name>` on the host if you need it"),
                        entry("video.radeon_powersave", "the section is switched off"));
    }

    @Test
    void an_including_profile_overrides_drops_and_replaces() {
        ImportedPersona night = imported("night");

        assertThat(night.summary()).isEqualTo("Includes, replaces and drops");
        assertThat(parameters(night))
                .contains(entry("sysctl.vm.swappiness", "60"), entry("cpu.governor", "powersave"))
                .doesNotContainKeys("sysctl.net.ipv4.tcp_rmem", "cpu.energy_performance_preference");
        assertThat(reasons(night))
                .containsEntry("script.script", "scripts of profiles are not run")
                .doesNotContainKeys("sysctl.kernel.sem", "cpu.min_perf_pct");
    }

    @Test
    void variables_and_functions_are_worked_out_and_no_program_is_run() {
        ImportedPersona realtime = imported("realtime-like");

        assertThat(parameters(realtime))
                .containsOnly(entry("sysctl.vm.swappiness", "1"), entry("sysctl.kernel.watchdog_cpumask", "0,2"));
        assertThat(reasons(realtime))
                .containsEntry("variables.assertion", "the profile asserts what this host doesn't fulfil")
                .containsEntry("variables.temporary", "the function `exec` runs a program, which an import does not")
                .containsEntry(
                        "sysctl.kernel.core_pattern", "the function `exec` runs a program, which an import does not")
                .containsEntry("sysctl.kernel.domainname", "the variable `unknown` is not set");
        assertThat(realtime.notImported())
                .filteredOn(option -> option.section().equals("bootloader"))
                .extracting(NotImported::value)
                .containsExactly("isolcpus=1,3 mask=0000000a");
    }

    @Test
    void disks_that_the_host_lacks_are_named() {
        assertThat(reasons(ProfileImport.of("base", HOST, List.of())))
                .containsEntry(
                        "disk-fast.elevator",
                        "this host has no disk that matches `nvme* !nvme1n1`; name disks with `--disk`");
    }

    @Test
    void profiles_that_include_each_other_are_read_once() {
        assertThat(parameters(imported("loop-a"))).containsOnly(entry("sysctl.vm.swappiness", "1"));
    }

    @Test
    void what_can_not_be_read_is_named() {
        assertThatThrownBy(() -> imported("nothing"))
                .isInstanceOf(ProfileException.class)
                .hasMessage("there is no profile `nothing` in /etc/tuned/profiles, /etc/tuned,"
                        + " /usr/lib/tuned/profiles, /usr/lib/tuned");
        assertThatThrownBy(() -> imported("../etc"))
                .hasMessage("`../etc` can't name a profile: letters, digits and . _ - can");
        assertThatThrownBy(() -> imported("broken"))
                .hasMessage("`/usr/lib/tuned/broken/tuned.conf` line 2 is no `option = value` of a section");
    }

    @Test
    void the_persona_is_text_that_the_server_takes() {
        assertThat(imported("night").toYaml("tuned-night", List.of("db"), 5))
                .startsWith(
                        """
                        # From the TuneD profile `night`. Without triggers it is active only while pinned.
                        persona_id: tuned-night
                        persona_name: night
                        description: "Includes, replaces and drops"
                        persona_groups: [db]
                        priority: 5
                        configuration_parameters:
                          cpu.governor: "powersave"
                        """)
                .contains("# Not imported:\n");
    }

    static Map<String, String> parameters(ImportedPersona persona) {
        return persona.parameters().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> text(entry.getValue())));
    }

    private static String text(JsonNode value) {
        return value.asText();
    }

    private static Map<String, String> reasons(ImportedPersona persona) {
        return persona.notImported().stream()
                .collect(Collectors.toMap(option -> option.section() + "." + option.option(), NotImported::reason));
    }

    private static ImportedPersona imported(String profile) {
        return ProfileImport.of(profile, HOST, DISKS);
    }
}
