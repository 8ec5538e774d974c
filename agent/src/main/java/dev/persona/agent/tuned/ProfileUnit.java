package dev.persona.agent.tuned;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A section of a profile: options for one of TuneD's plugins.
 *
 * @param type the plugin
 * @param devices which devices it concerns, as shell patterns of which those with {@code !} exclude
 * @param chosenByUdev whether it chooses its devices by what udev knows of them instead
 * @param cpuinfoRegex empty, or what must be found in /proc/cpuinfo
 * @param unameRegex empty, or what must be found in what uname(2) tells
 * @param options in the order of their first mention; must not be changed
 */
record ProfileUnit(
        String name,
        String type,
        boolean enabled,
        String devices,
        boolean chosenByUdev,
        String cpuinfoRegex,
        String unameRegex,
        Map<String, String> options) {

    private static final String SCRIPT = "script";

    /** As one file has it. */
    static ProfileUnit of(String name, Map<String, String> section) {
        Map<String, String> options = new LinkedHashMap<>(section);
        List.of("type", "enabled", "replace", "drop", "devices", "devices_udev_regex", "cpuinfo_regex", "uname_regex")
                .forEach(options::remove);
        return new ProfileUnit(
                name,
                section.getOrDefault("type", name),
                isTrue(section.getOrDefault("enabled", "true")),
                section.getOrDefault("devices", "*"),
                section.containsKey("devices_udev_regex"),
                section.getOrDefault("cpuinfo_regex", ""),
                section.getOrDefault("uname_regex", ""),
                options);
    }

    /** What an including profile makes of it; {@code replace} and {@code drop} of that are obeyed; scripts add up. */
    ProfileUnit overlaid(Map<String, String> section) {
        ProfileUnit newer = of(name, section);
        if (isTrue(section.getOrDefault("replace", "false"))) {
            return newer;
        }
        Map<String, String> merged = new LinkedHashMap<>(options);
        Optional.ofNullable(section.get("drop"))
                .ifPresent(drop -> List.of(drop.split("\\s*[,;]\\s*")).forEach(merged::remove));
        newer.options.forEach((option, value) -> {
            if (name.equals(SCRIPT) && option.equals(SCRIPT)) {
                merged.merge(option, value, (before, more) -> before + " " + more);
            } else {
                merged.put(option, value);
            }
        });
        return new ProfileUnit(
                name,
                newer.type,
                newer.enabled,
                newer.devices,
                chosenByUdev || newer.chosenByUdev,
                newer.cpuinfoRegex.isEmpty() ? cpuinfoRegex : newer.cpuinfoRegex,
                newer.unameRegex.isEmpty() ? unameRegex : newer.unameRegex,
                merged);
    }

    private static boolean isTrue(String word) {
        return List.of("true", "True", "1").contains(word);
    }
}
