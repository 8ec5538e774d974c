package dev.persona.agent.platform;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds what is wrong with a host owner's configuration before anything is done with it, all at once. */
public final class HostConfigCheck {
    private static final Duration LONGEST_COMMAND = Duration.ofMinutes(10);
    private static final String OCTAL_MODE = "0?[0-7]{3,4}";
    private static final String VALUE = "{value}";
    private static final String PROFILE = "[A-Za-z0-9_-]{1,64}";

    private final List<String> faults = new ArrayList<>();

    private HostConfigCheck() {}

    /** @throws ConfigurationException if anything is wrong; it names every property, and what it must be */
    public static void check(HostConfig config) {
        HostConfigCheck check = new HostConfigCheck();
        check.root(config.root());
        config.cgroup().slice().ifPresent(check::slice);
        for (int index = 0; index < config.permit().size(); index++) {
            check.permit("persona.agent.permit[" + index + "]", config.permit().get(index));
        }
        check.files(config);
        check.profiles(config.firewall().profile());
        check.timeout("persona.agent.command-timeout", config.commandTimeout());
        config.custom().forEach((name, custom) -> check.custom("persona.agent.custom." + name, custom));
        if (!check.faults.isEmpty()) {
            throw new ConfigurationException(String.join("; ", check.faults));
        }
    }

    private void root(Path root) {
        if (!Files.isDirectory(root)) {
            faults.add("`persona.agent.root` is `" + root
                    + "`, which is no folder; make it, or leave the property out for" + " the real host");
        }
    }

    private void slice(String slice) {
        Path path = Path.of(slice);
        if (slice.isBlank() || path.isAbsolute() || !path.normalize().equals(path) || path.startsWith("..")) {
            faults.add(
                    "`persona.agent.cgroup.slice` must be a path below the mount like `db.slice`, not `" + slice + "`");
        }
    }

    private void permit(String key, HostConfig.PermitRule rule) {
        if (!ParameterFamilies.mayMeet(rule.parameter())) {
            faults.add("`" + key + ".parameter` is `" + rule.parameter() + "`, but no parameter is called so; "
                    + ParameterFamilies.nearest(rule.parameter())
                            .map(nearest -> "did you mean `" + nearest + "`?")
                            .orElse("they begin with `" + String.join("`, `", ParameterFamilies.STARTS) + "`"));
        }
        if (rule.minimum().isPresent()
                && rule.maximum().isPresent()
                && rule.minimum().get().compareTo(rule.maximum().get()) > 0) {
            faults.add("`" + key + ".minimum` is above its `maximum`");
        }
    }

    private void files(HostConfig config) {
        Map<Path, String> places = new HashMap<>();
        config.file().forEach((name, file) -> {
            String key = "persona.agent.file." + name;
            Path path = Path.of(file.path());
            if (!isPathOfFile(file.path())) {
                faults.add("`" + key + ".path` must be an absolute path of a file, without `..`, not `" + path + "`");
            } else if (new HostRoot(config.root())
                    .at(file.path())
                    .startsWith(config.state().toAbsolutePath())) {
                faults.add("`" + key + ".path` lies in the agent's own folder `persona.agent.state`");
            }
            String other = places.put(path, key);
            if (other != null) {
                faults.add("`" + key + ".path` and `" + other + ".path` are the same");
            }
            if (file.mode().filter(mode -> !mode.matches(OCTAL_MODE)).isPresent()) {
                faults.add("`" + key + ".mode` must be octal like `0644`, not `"
                        + file.mode().get() + "`");
            }
            timeout(key + ".timeout", file.timeout());
        });
    }

    private void profiles(Map<String, String> profiles) {
        profiles.forEach((name, path) -> {
            String key = "persona.agent.firewall.profile." + name;
            if (!name.matches(PROFILE)) {
                faults.add("`" + key + "` must be named by 1-64 of letters, digits, `_` and `-`");
            }
            if (!isPathOfFile(path) || path.contains("\"")) {
                faults.add(
                        "`" + key + "` must be an absolute path of a file, without `..` and `\"`, not `" + path + "`");
            }
        });
    }

    private static boolean isPathOfFile(String text) {
        Path path = Path.of(text);
        return path.isAbsolute() && path.normalize().equals(path) && path.getParent() != null;
    }

    private void custom(String key, HostConfig.CustomCommands custom) {
        if (!custom.apply().contains(VALUE)) {
            faults.add("`" + key + ".apply` must have an argument `" + VALUE + "`");
        }
        timeout(key + ".timeout", custom.timeout());
    }

    private void timeout(String key, Duration timeout) {
        if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(LONGEST_COMMAND) > 0) {
            faults.add("`" + key + "` must be longer than PT0S and at most " + LONGEST_COMMAND);
        }
    }
}
