package dev.persona.agent.tuned;

import static org.assertj.core.api.Assertions.assertThat;

import dev.persona.agent.platform.HostRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every profile at hand: this project's own always, and those that TuneD ships once {@code src/test/bash/fetch-tuned} has
 * put them into {@code target/tuned} (they come under another licence than this project). Nothing that a profile says may
 * get lost.
 */
class ShippedProfilesTest {
    private static final Path OWN = Path.of("src/test/resources/tuned");
    private static final Path SHIPPED = Path.of("target/tuned");
    private static final List<String> DISKS = List.of("sda", "vda", "nvme0n1");

    /** Options that have an equivalent, by the plugin and what their parameters begin with. */
    private static final Map<String, String> SUPPORTED = Map.of(
            "cpu.governor", "cpu.governor",
            "cpu.energy_performance_preference", "cpu.energy_performance_preference",
            "vm.transparent_hugepages", "vm.transparent_hugepage",
            "vm.transparent_hugepage", "vm.transparent_hugepage",
            "disk.elevator", "disk.scheduler.",
            "disk.readahead", "disk.readahead.");

    /** Why a supported option may be left out all the same. */
    private static final String ALLOWED =
            "it is for other .*|this host has `.*|the section is switched off|the variable .*|the function .*|.* takes one line";

    @TestFactory
    Stream<DynamicTest> every_option_of_every_profile_is_mapped_or_listed() throws IOException {
        return Stream.concat(profiles(OWN), profiles(SHIPPED));
    }

    @TestFactory
    Stream<DynamicTest> at_least_thirty_are_shipped() throws IOException {
        return profiles(SHIPPED).findAny().isEmpty()
                ? Stream.of()
                : Stream.of(DynamicTest.dynamicTest(
                        "of TuneD", () -> assertThat(profiles(SHIPPED).count()).isGreaterThanOrEqualTo(30)));
    }

    private static Stream<DynamicTest> profiles(Path root) throws IOException {
        Path folder = root.resolve("usr/lib/tuned");
        if (!Files.isDirectory(folder)) {
            return Stream.of();
        }
        try (Stream<Path> found = Files.list(folder)) {
            return found
                    .filter(profile -> Files.exists(profile.resolve("tuned.conf")))
                    .map(profile -> profile.getFileName().toString())
                    .filter(profile -> !profile.equals("broken"))
                    .sorted()
                    .toList()
                    .stream()
                    .map(profile -> DynamicTest.dynamicTest(profile, () -> isWhole(new HostRoot(root), profile)));
        }
    }

    private static void isWhole(HostRoot root, String name) {
        Profile profile = Profile.read(name, new ProfileHost(root));
        ImportedPersona imported = ProfileImport.of(name, root, DISKS);
        Set<String> unaccounted = new TreeSet<>();
        for (ProfileUnit unit : profile.units()) {
            for (String option : unit.options().keySet()) {
                List<String> reasons = imported.notImported().stream()
                        .filter(left -> left.section().equals(unit.name()))
                        .filter(left -> left.option().equals(option))
                        .map(NotImported::reason)
                        .toList();
                String prefix = unit.type().equals("sysctl")
                        ? "sysctl." + option
                        : SUPPORTED.getOrDefault(unit.type() + "." + option, "");
                boolean mapped = !prefix.isEmpty()
                        && imported.parameters().keySet().stream().anyMatch(parameter -> parameter.startsWith(prefix));
                boolean left = reasons.stream().anyMatch(reason -> prefix.isEmpty() || reason.matches(ALLOWED));
                if (!mapped && !left && !isMappedFile(unit, option, imported)) {
                    unaccounted.add("[" + unit.name() + "] " + option + " " + reasons);
                }
            }
        }
        assertThat(unaccounted).isEmpty();
        assertThat(imported.parameters().keySet().stream()
                        .map(ShippedProfilesTest::family)
                        .collect(Collectors.toSet()))
                .isSubsetOf("sysctl", "cpu", "vm", "disk");
    }

    private static boolean isMappedFile(ProfileUnit unit, String option, ImportedPersona imported) {
        boolean key = unit.type().equals("sysctl") && option.indexOf('/') > 0;
        boolean sum = unit.type().equals("vm") && option.startsWith("dirty_");
        boolean file = unit.type().equals("sysfs") && option.startsWith("/sys/block/");
        return (key || sum || file) && !imported.parameters().isEmpty();
    }

    private static String family(String parameter) {
        return parameter.substring(0, parameter.indexOf('.'));
    }
}
