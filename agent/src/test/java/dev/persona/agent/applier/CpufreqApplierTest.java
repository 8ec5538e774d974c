package dev.persona.agent.applier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.persona.agent.platform.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Two policies: CPUs 0 and 1 share a clock, 2 and 3 do. */
class CpufreqApplierTest extends ApplierContractTest {
    private static final String FOLDER = "/sys/devices/system/cpu/cpufreq/";
    private static final String PREFERENCE = "cpu.energy_performance_preference";

    @Override
    void prepare() throws IOException {
        write("/sys/devices/system/cpu/present", "0-3\n");
        policy("policy0", "powersave", "balance_performance");
        policy("policy2", "schedutil", "performance");
    }

    private void policy(String policy, String governor, String preference) throws IOException {
        write(FOLDER + policy + "/scaling_governor", governor + "\n");
        write(FOLDER + policy + "/scaling_available_governors", "performance powersave schedutil\n");
        write(FOLDER + policy + "/energy_performance_preference", preference + "\n");
        write(
                FOLDER + policy + "/energy_performance_available_preferences",
                "default performance balance_performance balance_power power\n");
    }

    @Override
    Applier applier() {
        return new CpufreqApplier(files, root);
    }

    @Override
    List<Example> examples() {
        return List.of(
                new Example(PREFERENCE, List.of("power", "balance_power", "default"), List.of("turbo", 128, List.of())),
                new Example(
                        "cpu.governor",
                        List.of("performance", "powersave"),
                        List.of("ondemand", "", 1, true, "power")));
    }

    @Override
    List<String> lacking() {
        return List.of();
    }

    @Test
    void every_policy_is_set_and_gets_its_own_original_back() throws IOException {
        Snapshot original = applier().read("cpu.governor");

        applier().apply("cpu.governor", json("performance"));

        assertThat(original.shown()).contains("policy0 powersave\npolicy2 schedutil");
        assertThat(text(FOLDER + "policy0/scaling_governor")).isEqualTo("performance\n");
        assertThat(applier().verify("cpu.governor", json("performance")))
                .isEqualTo(new Verification(true, Optional.of("performance")));
    }

    @Test
    void policies_that_differ_are_shown_with_all_their_values() throws IOException {
        assertThat(applier().verify("cpu.governor", json("performance")))
                .isEqualTo(new Verification(false, Optional.of("powersave, schedutil")));
    }

    @Test
    void a_kernel_without_frequency_scaling_says_so() throws IOException {
        write("/sys/devices/system/cpu/present", "8-9\n");

        assertThat(applier().support("cpu.governor"))
                .isEqualTo(new Support.NotSupported("no CPU has `" + root.at(FOLDER)
                        + "/policy*/scaling_governor`: the kernel, or the hypervisor, leaves the frequency alone"));
        assertThat(applier().read("cpu.governor")).isEqualTo(Snapshot.absent());
    }

    @Test
    void a_policy_whose_cpus_went_offline_took_its_value_with_it() throws IOException {
        Snapshot original = applier().read("cpu.governor");
        applier().apply("cpu.governor", json("powersave"));
        Files.delete(root.at(FOLDER + "policy2/scaling_governor"));

        applier().restore("cpu.governor", original);

        assertThat(applier().read("cpu.governor").shown()).contains("policy0 powersave");
    }

    @Test
    void the_governor_leaves_performance_before_the_preference_changes_and_enters_it_after() {
        int preference = applier().precedence(PREFERENCE, "performance", "power");

        assertThat(applier().precedence("cpu.governor", "policy0 performance", "powersave"))
                .isLessThan(preference);
        assertThat(applier().precedence("cpu.governor", "policy0 powersave", "performance"))
                .isGreaterThan(preference);
        assertThat(applier().precedence("cpu.governor", "policy0 powersave", "policy0 performance\npolicy2 powersave"))
                .isGreaterThan(preference);
    }
}
