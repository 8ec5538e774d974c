package dev.persona.server.platform;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** How the REST API treats what callers send. */
@ConfigMapping(prefix = "persona.api")
public interface ApiConfig {

    /** The largest JSON or YAML document that is read; a larger one is refused with 413. */
    @WithDefault("1M")
    MemorySize maxDocumentSize();

    /** How deep objects and arrays of a document may be nested, 1 or more. */
    @WithDefault("32")
    int maxNestingDepth();

    /** Whether PUT and DELETE must say with {@code If-Match} which revision they mean; those that don't get 428. */
    @WithDefault("false")
    boolean requireIfMatch();
}
