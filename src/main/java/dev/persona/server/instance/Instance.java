package dev.persona.server.instance;

import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;
import java.util.regex.Pattern;

/**
 * A registered host or virtual machine that runs one agent, or reports over plain HTTP.
 *
 * @param instanceId 1-253 of letters, digits and {@code . _ : -}
 * @param agent what its agent last said about itself; absent if none ever connected
 * @param agentTags from the agent's own configuration
 * @param serverTags from this server's API
 * @param tagsRevision counts the changes of the server's tags, 0 before the first
 */
public record Instance(
        String instanceId,
        Optional<Agent> agent,
        Tags agentTags,
        Tags serverTags,
        long tagsRevision,
        Instant registeredAt) {
    /** What an instance id is, for messages. */
    public static final String ID_RULE = "1 to 253 letters, digits and `. _ : -`";

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._:-]{1,253}");

    /**
     * What an agent says about itself.
     *
     * @param bootId changes with every boot of the host
     */
    public record Agent(String hostname, String agentVersion, String bootId) {}

    /** Whether a text can be an instance id; {@link #ID_RULE} says what can. */
    public static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    /** The tags of agent and server together: those that count. */
    public Tags tags() {
        return agentTags.union(serverTags);
    }

    /** The persona groups that this instance is subject to. */
    public SortedSet<String> personaGroups() {
        return tags().personaGroups();
    }
}
