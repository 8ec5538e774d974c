package dev.persona.agent.tuned;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.persona.agent.platform.HostRoot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Turns a TuneD profile into a persona for one host: its sysctl, cpu, vm, disk and sysfs options become parameters,
 * and each option without an equivalent is listed with the reason.
 *
 * <p>What TuneD decides when it runs is decided now, with what this host shows: conditions on its processor, functions, its
 * disks, and values such as {@code >2048} that only ever raise what there is.
 */
public final class ProfileImport {
    private static final Pattern SYSCTL_KEY = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_:@+-]*([./][A-Za-z0-9_:@+-]+)*");
    private static final Set<String> GOVERNORS =
            Set.of("performance", "powersave", "userspace", "ondemand", "conservative", "schedutil");
    private static final Set<String> PREFERENCES =
            Set.of("default", "performance", "balance_performance", "balance_power", "power");
    private static final Set<String> SCHEDULERS = Set.of("none", "mq-deadline", "kyber", "bfq");
    private static final Set<String> HUGEPAGES = Set.of("always", "madvise", "never");

    private static final String CPUFREQ = "/sys/devices/system/cpu/(?:cpu\\*/cpufreq|cpufreq/policy\\*)/";
    private static final Pattern GOVERNOR_FILE = Pattern.compile(CPUFREQ + "scaling_governor");
    private static final Pattern PREFERENCE_FILE = Pattern.compile(CPUFREQ + "energy_performance_preference");
    private static final Pattern QUEUE_FILE = Pattern.compile("/sys/block/([^/]+)/queue/(scheduler|read_ahead_kb)");
    private static final String HUGEPAGE_FILE = "/sys/kernel/mm/transparent_hugepage/enabled";

    private static final String CUSTOM = "; declare a `custom.<name>` on the host if you need it";

    /** Why options of plugins that set more than parameters have none. */
    private static final Map<String, String> NO_EQUIVALENT = Map.ofEntries(
            Map.entry("cpu.energy_perf_bias", "no parameter sets the energy bias of Intel processors" + CUSTOM),
            Map.entry("cpu.force_latency", "a program has to hold /dev/cpu_dma_latency open for it" + CUSTOM),
            Map.entry("cpu.min_perf_pct", "no parameter sets the bounds of intel_pstate" + CUSTOM),
            Map.entry("cpu.max_perf_pct", "no parameter sets the bounds of intel_pstate" + CUSTOM),
            Map.entry("cpu.no_turbo", "no parameter sets the turbo mode of intel_pstate" + CUSTOM),
            Map.entry("script", "scripts of profiles are not run"),
            Map.entry("bootloader", "the kernel's command line counts at the next boot only"),
            Map.entry("modules", "modules are loaded at boot, modprobe.d(5)"),
            Map.entry("systemd", "it is systemd's own configuration; `cpu.affinity` sets the CPUs of one slice"),
            Map.entry("scheduler", "from Linux 5.13 on it is debugfs or a property of single threads" + CUSTOM),
            Map.entry("net", "no parameter sets it" + CUSTOM));

    private final ProfileHost host;
    private final Profile profile;
    private final List<String> disks;
    private final SortedMap<String, JsonNode> parameters = new TreeMap<>();
    private final List<NotImported> notImported = new ArrayList<>();

    private ProfileImport(ProfileHost host, Profile profile, List<String> disks) {
        this.host = host;
        this.profile = profile;
        this.disks = disks;
    }

    /**
     * Imports a profile of this host.
     *
     * @param name as {@code tuned-adm list} has it
     * @param disks which the persona is for; this host's if empty
     * @throws ProfileException if it can't be read
     */
    public static ImportedPersona of(String name, HostRoot root, List<String> disks) {
        ProfileHost host = new ProfileHost(root);
        Profile profile = Profile.read(name, host);
        return new ProfileImport(host, profile, disks.isEmpty() ? host.disks() : disks).run();
    }

    private ImportedPersona run() {
        notImported.addAll(profile.problems());
        for (ProfileUnit unit : profile.units()) {
            Optional<String> why = whyNotHere(unit);
            unit.options().forEach((option, written) -> {
                String value = unquoted(profile.variables().expand(written));
                Optional<String> unresolved = Variables.whyUnresolved(value);
                if (why.isPresent() || unresolved.isPresent()) {
                    leave(unit, option, value, why.or(() -> unresolved).orElseThrow());
                } else {
                    take(unit, option, value);
                }
            });
        }
        return new ImportedPersona(profile.name(), profile.summary(), parameters, notImported);
    }

    private Optional<String> whyNotHere(ProfileUnit unit) {
        if (!unit.enabled()) {
            return Optional.of("the section is switched off");
        }
        if (!found(unit.cpuinfoRegex(), host.file("/proc/cpuinfo").orElse(""))) {
            return Optional.of("it is for other processors than this host's");
        }
        if (!found(unit.unameRegex(), host.uname())) {
            return Optional.of("it is for other systems than this host");
        }
        return unit.chosenByUdev() && unit.type().equals("disk")
                ? Optional.of("it chooses its devices by what udev knows of them; name them with `devices`")
                : Optional.empty();
    }

    private boolean found(String regex, String text) {
        try {
            return regex.isEmpty()
                    || Pattern.compile(profile.variables().expand(regex), Pattern.MULTILINE)
                            .matcher(text)
                            .find();
        } catch (PatternSyntaxException unreadable) {
            throw new ProfileException("`" + profile.name() + "` has the expression `" + regex
                    + "`, which can't be read: " + unreadable.getDescription());
        }
    }

    private void take(ProfileUnit unit, String option, String value) {
        switch (unit.type() + "." + option) {
            case "cpu.governor" ->
                choose(unit, option, value, "cpu.governor", GOVERNORS, available("scaling_available_governors"));
            case "cpu.energy_performance_preference" ->
                choose(
                        unit,
                        option,
                        value,
                        "cpu.energy_performance_preference",
                        PREFERENCES,
                        available("energy_performance_available_preferences"));
            case "vm.transparent_hugepages", "vm.transparent_hugepage" ->
                choose(unit, option, value, "vm.transparent_hugepage", HUGEPAGES, Set.of());
            case "vm.dirty_bytes", "vm.dirty_background_bytes", "vm.dirty_ratio", "vm.dirty_background_ratio" ->
                dirty(unit, option, value);
            case "disk.elevator" -> eachDisk(unit, option, value, unit.devices(), "disk.scheduler.");
            case "disk.readahead" -> eachDisk(unit, option, value, unit.devices(), "disk.readahead.");
            default -> {
                if (unit.type().equals("sysctl")) {
                    sysctl(unit, option, option, value);
                } else if (unit.type().equals("sysfs")) {
                    sysfs(unit, option, value);
                } else {
                    leave(unit, option, value, whyNone(unit, option));
                }
            }
        }
    }

    private static String whyNone(ProfileUnit unit, String option) {
        return Optional.ofNullable(NO_EQUIVALENT.get(unit.type() + "." + option))
                .or(() -> Optional.ofNullable(NO_EQUIVALENT.get(unit.type())))
                .orElse("no parameter sets what TuneD's plugin `" + unit.type() + "` sets" + CUSTOM);
    }

    /** @param key as sysctl(8) takes it: with dots, or with slashes in which a dot stands for itself */
    private void sysctl(ProfileUnit unit, String option, String key, String value) {
        int dot = key.indexOf('.');
        int slash = key.indexOf('/');
        String name = slash >= 0 && (dot < 0 || slash < dot) ? swapped(key) : key;
        if (!SYSCTL_KEY.matcher(name).matches() || name.contains("..")) {
            leave(unit, option, value, "`" + key + "` is no key of sysctl(8)");
            return;
        }
        set(unit, option, value, "sysctl." + name, host.file("/proc/sys/" + swapped(name)));
    }

    private static String swapped(String key) {
        return key.replace('.', '\0').replace('/', '.').replace('\0', '/');
    }

    private void dirty(ProfileUnit unit, String option, String value) {
        boolean percent = value.endsWith("%");
        String key = percent ? option.replace("_bytes", "_ratio") : option;
        sysctl(unit, option, "vm." + key, percent ? value.substring(0, value.length() - 1) : value);
    }

    private void sysfs(ProfileUnit unit, String path, String value) {
        Matcher queue = QUEUE_FILE.matcher(path);
        if (path.equals(HUGEPAGE_FILE)) {
            choose(unit, path, value, "vm.transparent_hugepage", HUGEPAGES, Set.of());
        } else if (GOVERNOR_FILE.matcher(path).matches()) {
            choose(unit, path, value, "cpu.governor", GOVERNORS, Set.of());
        } else if (PREFERENCE_FILE.matcher(path).matches()) {
            choose(unit, path, value, "cpu.energy_performance_preference", PREFERENCES, Set.of());
        } else if (queue.matches()) {
            String parameter = queue.group(2).equals("scheduler") ? "disk.scheduler." : "disk.readahead.";
            eachDisk(unit, path, value, queue.group(1), parameter);
        } else {
            leave(unit, path, value, "no parameter writes this file" + CUSTOM);
        }
    }

    /** Of alternatives such as {@code schedutil|ondemand} the first that the host has, as far as it tells. */
    private void choose(
            ProfileUnit unit, String option, String value, String parameter, Set<String> known, Set<String> available) {
        for (String alternative : value.split("\\|")) {
            String word = alternative.strip();
            if (known.contains(word) && (available.isEmpty() || available.contains(word))) {
                parameters.put(parameter, JsonNodeFactory.instance.textNode(word));
                return;
            }
        }
        leave(
                unit,
                option,
                value,
                "`" + parameter + "` takes one of "
                        + String.join(", ", known.stream().sorted().toList())
                        + (available.isEmpty() ? "" : ", of which this host has " + String.join(", ", available)));
    }

    private Set<String> available(String file) {
        return host.names("/sys/devices/system/cpu/cpufreq", "policy*").stream()
                .findFirst()
                .flatMap(policy -> host.file("/sys/devices/system/cpu/cpufreq/" + policy + "/" + file))
                .map(text -> Set.of(text.split("\\s+")))
                .orElse(Set.of());
    }

    private void eachDisk(ProfileUnit unit, String option, String value, String patterns, String family) {
        String wanted = profile.variables().expand(patterns);
        List<String> matching = disks.stream()
                .filter(disk -> DevicePatterns.match(wanted, disk))
                .toList();
        if (matching.isEmpty()) {
            leave(unit, option, value, "this host has no disk that matches `" + wanted + "`; name disks with `--disk`");
        }
        for (String disk : matching) {
            if (family.equals("disk.scheduler.")) {
                choose(unit, option, value, family + disk, SCHEDULERS, Set.of());
            } else {
                readahead(unit, option, value, disk);
            }
        }
    }

    /** KiB, or with an {@code s} sectors of 512 bytes. */
    private void readahead(ProfileUnit unit, String option, String value, String disk) {
        Matcher amount = Pattern.compile("([<>]?)\\s*([0-9]{1,9})\\s*(s.*)?").matcher(value);
        if (!amount.matches()) {
            leave(unit, option, value, "`disk.readahead.<device>` takes a number of KiB");
            return;
        }
        long kibibytes = Long.parseLong(amount.group(2)) / (amount.group(3) == null ? 1 : 2);
        set(
                unit,
                option,
                amount.group(1) + kibibytes,
                "disk.readahead." + disk,
                host.file("/sys/block/" + disk + "/queue/read_ahead_kb"));
    }

    /** A value that begins with {@code >} or {@code <} is set only where it is more, or less, than what there is. */
    private void set(ProfileUnit unit, String option, String value, String parameter, Optional<String> current) {
        if (value.isEmpty() || value.contains("\n")) {
            leave(unit, option, value, "`" + parameter + "` takes one line");
            return;
        }
        boolean bound = value.length() > 1 && (value.startsWith(">") || value.startsWith("<"));
        String plain = bound ? value.substring(1).strip() : value;
        if (bound && current.isPresent() && isMetBy(current.get(), value.charAt(0), plain)) {
            leave(unit, option, value, "this host has `" + current.get() + "` already");
            return;
        }
        parameters.put(parameter, number(plain));
    }

    private static boolean isMetBy(String current, char bound, String plain) {
        try {
            int order = Long.compare(Long.parseLong(current), Long.parseLong(plain));
            return bound == '>' ? order >= 0 : order <= 0;
        } catch (NumberFormatException noNumbers) {
            return false;
        }
    }

    private static JsonNode number(String text) {
        return text.matches("-?(0|[1-9][0-9]{0,17})")
                ? JsonNodeFactory.instance.numberNode(Long.parseLong(text))
                : JsonNodeFactory.instance.textNode(text);
    }

    private void leave(ProfileUnit unit, String option, String value, String reason) {
        notImported.add(new NotImported(unit.name(), option, value, reason));
    }

    private static String unquoted(String value) {
        return value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")
                ? value.substring(1, value.length() - 1)
                : value;
    }
}
