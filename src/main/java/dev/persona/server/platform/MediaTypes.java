package dev.persona.server.platform;

/** The media types in which documents are accepted and served. */
public final class MediaTypes {
    public static final String JSON = "application/json";

    /** YAML as registered by RFC 9512. */
    public static final String YAML = "application/yaml";

    /** YAML as older clients call it. */
    public static final String X_YAML = "application/x-yaml";

    /** YAML as others call it. */
    public static final String TEXT_YAML = "text/yaml";

    /** A JSON document in each line. */
    public static final String NDJSON = "application/x-ndjson";

    /** Comma-separated values as registered by RFC 7111. */
    public static final String CSV = "text/csv";

    private MediaTypes() {}
}
