package dev.persona.agent.applier;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.agent.platform.Content;
import dev.persona.agent.platform.HostFiles;
import dev.persona.agent.platform.HostRoot;
import dev.persona.agent.platform.Snapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * {@code cpu.governor} and {@code cpu.energy_performance_preference}: how the frequency of all CPUs is chosen, the kernel's
 * Documentation/admin-guide/pm/cpufreq.rst and intel_pstate.rst.
 *
 * <p>CPUs that share a clock form a policy; each is set, and a snapshot holds a line for each.
 */
public final class CpufreqApplier implements Applier {
    private static final String FOLDER = "/sys/devices/system/cpu/cpufreq/";
    private static final String GOVERNOR = "cpu.governor";

    /** Where each parameter stands in a policy's folder, and what lists the values that it takes there. */
    private static final Map<String, List<String>> FILES = Map.of(
            GOVERNOR,
            List.of("scaling_governor", "scaling_available_governors"),
            "cpu.energy_performance_preference",
            List.of("energy_performance_preference", "energy_performance_available_preferences"));

    private final HostFiles files;
    private final HostRoot root;

    public CpufreqApplier(HostFiles files, HostRoot root) {
        this.files = files;
        this.root = root;
    }

    @Override
    public boolean covers(String parameter) {
        return FILES.containsKey(parameter);
    }

    @Override
    public Support support(String parameter) throws IOException {
        List<String> policies = policies(parameter);
        if (policies.isEmpty()) {
            return new Support.NotSupported("no CPU has `" + root.at(FOLDER) + "/policy*/"
                    + FILES.get(parameter).get(0) + "`: the kernel, or the hypervisor, leaves the frequency alone");
        }
        for (String policy : policies) {
            Optional<String> why = file(policy, parameter).whyUnusable();
            if (why.isPresent()) {
                return new Support.NotSupported(why.get());
            }
        }
        return new Support.Supported();
    }

    @Override
    public Snapshot read(String parameter) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (Map.Entry<String, String> policy : values(parameter).entrySet()) {
            lines.append(policy.getKey() + " " + policy.getValue() + "\n");
        }
        return lines.isEmpty() ? Snapshot.absent() : Snapshot.of(Content.of(lines.toString()));
    }

    @Override
    public void apply(String parameter, JsonNode value) throws IOException {
        String wanted = text(parameter, value);
        for (String policy : policies(parameter)) {
            file(policy, parameter).write(wanted);
        }
    }

    @Override
    public Verification verify(String parameter, JsonNode value) throws IOException {
        String wanted = text(parameter, value);
        List<String> shown = values(parameter).values().stream().distinct().toList();
        return new Verification(
                shown.equals(List.of(wanted)),
                Optional.of(String.join(", ", shown)).filter(text -> !text.isEmpty()));
    }

    @Override
    public void restore(String parameter, Snapshot original) throws IOException {
        Map<String, String> now = values(parameter);
        for (String line : original.shown().orElse("").lines().toList()) {
            String[] policy = line.split(" ", 2);
            if (now.containsKey(policy[0]) && !now.get(policy[0]).equals(policy[1])) {
                file(policy[0], parameter).write(policy[1]);
            }
        }
    }

    @Override
    public boolean isResetAtBoot(String parameter) {
        return true;
    }

    /** While a policy's governor is {@code performance}, its preference can't be changed: EBUSY. */
    @Override
    public int precedence(String parameter, String from, String to) {
        if (!parameter.equals(GOVERNOR)) {
            return 0;
        }
        return to.lines().anyMatch(line -> line.endsWith("performance")) ? 1 : -1;
    }

    private String text(String parameter, JsonNode value) throws IOException {
        for (String policy : policies(parameter)) {
            Optional<String> listed = new KernelFile(
                            files,
                            root.at(FOLDER + policy + "/" + FILES.get(parameter).get(1)))
                    .text();
            List<String> choices =
                    listed.map(text -> List.of(text.split("\\s+"))).orElse(List.of());
            boolean taken = choices.isEmpty() || choices.contains(value.asText());
            if (!value.isTextual() || value.textValue().isBlank() || !taken) {
                String expected =
                        choices.stream().map(choice -> "`" + choice + "`").collect(Collectors.joining(", "));
                throw new UnusableValueException(
                        parameter, KernelFile.excerpt(value), choices.isEmpty() ? "a word" : "here one of " + expected);
            }
        }
        return value.textValue();
    }

    private Map<String, String> values(String parameter) throws IOException {
        Map<String, String> values = new LinkedHashMap<>();
        for (String policy : policies(parameter)) {
            file(policy, parameter).text().ifPresent(text -> values.put(policy, text));
        }
        return values;
    }

    /** A policy is named after the first of its CPUs. */
    private List<String> policies(String parameter) throws IOException {
        Optional<String> present = new KernelFile(files, root.at("/sys/devices/system/cpu/present")).text();
        List<String> policies = new ArrayList<>();
        for (int cpu : CpuList.parse(present.orElse("")).stream().toArray()) {
            String policy = "policy" + cpu;
            if (files.status(file(policy, parameter).path()).isPresent()) {
                policies.add(policy);
            }
        }
        return policies;
    }

    private KernelFile file(String policy, String parameter) {
        return new KernelFile(
                files, root.at(FOLDER + policy + "/" + FILES.get(parameter).get(0)));
    }
}
