package dev.persona.agent.tuned;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.Arrays;
import java.util.List;

/** TuneD's choice of devices: shell patterns parted by spaces or commas, those with {@code !} exclude. */
final class DevicePatterns {

    private DevicePatterns() {}

    /** Whether a device matches one of the patterns, or there is none that includes, and none that excludes. */
    static boolean match(String patterns, String device) {
        List<String> all = Arrays.stream(patterns.split("[\\s,]+"))
                .filter(pattern -> !pattern.isEmpty())
                .toList();
        boolean excluded = all.stream()
                .filter(pattern -> pattern.startsWith("!"))
                .anyMatch(pattern -> matches(pattern.substring(1), device));
        List<String> including =
                all.stream().filter(pattern -> !pattern.startsWith("!")).toList();
        return !excluded && (including.isEmpty() || including.stream().anyMatch(pattern -> matches(pattern, device)));
    }

    private static boolean matches(String pattern, String device) {
        PathMatcher matcher =
                FileSystems.getDefault().getPathMatcher("glob:" + pattern.replaceAll("[{}\\\\]", "\\\\$0"));
        return matcher.matches(Path.of(device));
    }
}
