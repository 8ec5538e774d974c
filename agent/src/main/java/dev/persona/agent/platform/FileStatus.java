package dev.persona.agent.platform;

/** What stands at a path; a link is not followed. */
public record FileStatus(Kind kind, Ownership ownership) {

    /** What a path can be. */
    public enum Kind {
        FILE,
        FOLDER,
        LINK,
        OTHER
    }

    public boolean isFile() {
        return kind == Kind.FILE;
    }
}
