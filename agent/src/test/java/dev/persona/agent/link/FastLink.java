package dev.persona.agent.link;

import io.quarkus.runtime.configuration.MemorySize;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;

/** A link's configuration with waits so short that tests need not wait. */
public record FastLink(URI url, Duration connectTimeout) implements LinkConfig {
    @Override
    public Duration pingInterval() {
        return Duration.ofMillis(200);
    }

    @Override
    public MemorySize maxMessageSize() {
        return new MemorySize(BigInteger.valueOf(1 << 16));
    }

    @Override
    public Retry retry() {
        return new Retry() {
            @Override
            public Duration initial() {
                return Duration.ofMillis(5);
            }

            @Override
            public Duration maximum() {
                return Duration.ofMillis(50);
            }
        };
    }
}
