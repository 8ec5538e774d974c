package dev.persona.agent.platform;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Who this agent is to the fleet.
 *
 * @param instanceId configured, or else the host's name, or else (on a host that is named localhost or not at all) its
 *     machine-id(5)
 * @param hostname as the kernel has it
 * @param bootId changes with every boot; empty where the kernel tells none
 * @param tags from the configuration
 */
public record Identity(String instanceId, String hostname, String bootId, Map<String, List<String>> tags) {
    private static final Pattern INSTANCE_ID = Pattern.compile("[A-Za-z0-9._:-]{1,253}");

    public Identity {
        tags = tags.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, tag -> List.copyOf(tag.getValue())));
    }

    /**
     * @param root the file system's root, another one in tests
     * @throws ConfigurationException if the configured or found name can't be one
     */
    public static Identity of(AgentConfig config, Path root) {
        String hostname = line(root.resolve("proc/sys/kernel/hostname")).orElse("localhost");
        Optional<String> named = Optional.of(hostname).filter(name -> !name.startsWith("localhost"));
        String instanceId = config.instanceId()
                .or(() -> named)
                .or(() -> line(root.resolve("etc/machine-id")))
                .orElseThrow(() -> new ConfigurationException(
                        "this host has neither a name nor an /etc/machine-id; set `persona.agent.instance-id`"));
        if (!INSTANCE_ID.matcher(instanceId).matches()) {
            throw new ConfigurationException(
                    "`" + instanceId
                            + "` can't name an instance; set `persona.agent.instance-id` to 1-253 of letters, digits and . _ : -");
        }
        String bootId = line(root.resolve("proc/sys/kernel/random/boot_id")).orElse("");
        return new Identity(instanceId, hostname, bootId, config.tags());
    }

    private static Optional<String> line(Path file) {
        try {
            return Files.readString(file).lines().map(String::strip).findFirst().filter(line -> !line.isEmpty());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
