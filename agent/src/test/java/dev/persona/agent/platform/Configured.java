package dev.persona.agent.platform;

import dev.persona.agent.sensor.MetricsConfig;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;
import java.util.Map;

/** Configuration as a file of properties would give it. */
public final class Configured {

    private Configured() {}

    /** An agent named {@code i-1} in the group {@code db}, with further properties below {@code persona.agent.}. */
    public static AgentConfig agent(Map<String, String> properties) {
        return mapped(
                AgentConfig.class,
                Map.of("persona.agent.instance-id", "i-1", "persona.agent.tags.persona_group", "db"),
                properties);
    }

    /** Metrics to report beyond what every agent reports, by properties below {@code persona.agent.metrics.}. */
    public static MetricsConfig metrics(Map<String, String> properties) {
        return mapped(MetricsConfig.class, Map.of(), properties);
    }

    private static <C> C mapped(Class<C> mapping, Map<String, String> more, Map<String, String> properties) {
        String prefix = mapping.getAnnotation(ConfigMapping.class).prefix() + ".";
        Map<String, String> all = new HashMap<>(more);
        properties.forEach((key, value) -> all.put(prefix + key, value));
        return new SmallRyeConfigBuilder()
                .withMapping(mapping)
                .withSources(new PropertiesConfigSource(all, "test", 100))
                .build()
                .getConfigMapping(mapping);
    }
}
