package dev.persona.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Holds the table of packages in docs/architecture.md: who may import whom. */
class ArchitectureTest {
    private static final String ROOT = "dev.persona.server";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    /** Package, then all packages of ours that it may import. */
    private static final Map<String, Set<String>> MAY_IMPORT = table(
            "platform:",
            "protocol:",
            "parameter: platform",
            "journal: platform",
            "instance: platform parameter journal",
            "trigger: platform",
            "persona: platform parameter journal trigger",
            "event: platform journal instance trigger",
            "rule: platform parameter trigger persona",
            "rulebook: platform parameter trigger persona rule",
            "decision: platform parameter trigger persona rule",
            "analysis: platform parameter trigger persona rule decision",
            "simulation: platform parameter trigger persona rule decision",
            "activation: platform parameter journal instance trigger persona event rule decision",
            "agentapi: platform parameter journal instance trigger persona event rule decision activation protocol");

    @Test
    void packages_import_only_what_the_table_allows() {
        MAY_IMPORT.forEach((name, allowed) -> {
            String[] forbidden = MAY_IMPORT.keySet().stream()
                    .filter(other -> !other.equals(name) && !allowed.contains(other))
                    .map(other -> ROOT + "." + other + "..")
                    .toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage(ROOT + "." + name + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(forbidden)
                    .allowEmptyShould(true)
                    .check(CLASSES);
        });
    }

    @Test
    void every_package_is_in_the_table() {
        Set<String> found = CLASSES.stream()
                .map(JavaClass::getPackage)
                .map(JavaPackage::getName)
                .filter(name -> name.length() > ROOT.length())
                .map(name -> name.substring(ROOT.length() + 1))
                .collect(Collectors.toSet());

        assertThat(MAY_IMPORT.keySet()).containsAll(found);
    }

    @Test
    void packages_have_no_cycles() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void only_rule_uses_drools() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".rule..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.kie..", "org.drools..", "org.mvel2..")
                .check(CLASSES);
    }

    @Test
    void time_comes_only_from_an_injected_clock() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".platform..")
                .should()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(java.time.ZonedDateTime.class, "now")
                .orShould()
                .callMethod(java.time.LocalDateTime.class, "now")
                .check(CLASSES);
    }

    @Test
    void suffixes_carry_meaning() {
        classes()
                .should()
                .haveSimpleNameNotEndingWith("Impl")
                .andShould()
                .haveSimpleNameNotEndingWith("Manager")
                .andShould()
                .haveSimpleNameNotEndingWith("Helper")
                .andShould()
                .haveSimpleNameNotEndingWith("Utils")
                .andShould()
                .haveSimpleNameNotEndingWith("Data")
                .andShould()
                .haveSimpleNameNotEndingWith("Info")
                .check(CLASSES);
    }

    private static Map<String, Set<String>> table(String... lines) {
        Map<String, Set<String>> table = new LinkedHashMap<>();
        for (String line : lines) {
            String[] sides = line.split(":", -1);
            table.put(
                    sides[0],
                    Arrays.stream(sides[1].trim().split(" "))
                            .filter(name -> !name.isEmpty())
                            .collect(Collectors.toUnmodifiableSet()));
        }
        return table;
    }
}
