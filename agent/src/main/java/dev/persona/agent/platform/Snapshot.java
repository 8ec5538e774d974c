package dev.persona.agent.platform;

import java.util.Optional;

/**
 * What stood at a parameter's place on the host at one moment; enough to put it back exactly.
 *
 * @param content empty if there was nothing: absent is a value
 * @param ownership of a managed file; empty where it doesn't change, as with kernel files
 */
public record Snapshot(Optional<Content> content, Optional<Ownership> ownership) {

    public static Snapshot absent() {
        return new Snapshot(Optional.empty(), Optional.empty());
    }

    public static Snapshot of(Content content) {
        return new Snapshot(Optional.of(content), Optional.empty());
    }

    public static Snapshot of(Content content, Ownership ownership) {
        return new Snapshot(Optional.of(content), Optional.of(ownership));
    }

    /** For people; empty if there was nothing. */
    public Optional<String> shown() {
        return content.map(Content::shown);
    }
}
