package dev.persona.agent.platform;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;
import java.util.Map;

/** Configuration as a file of properties would give it. */
public final class Configured {

    private Configured() {}

    /** An agent named {@code i-1} in the group {@code db}, with further properties below {@code persona.agent.}. */
    public static AgentConfig agent(Map<String, String> properties) {
        Map<String, String> all =
                new HashMap<>(Map.of("persona.agent.instance-id", "i-1", "persona.agent.tags.persona_group", "db"));
        properties.forEach((key, value) -> all.put("persona.agent." + key, value));
        return new SmallRyeConfigBuilder()
                .withMapping(AgentConfig.class)
                .withSources(new PropertiesConfigSource(all, "test", 100))
                .build()
                .getConfigMapping(AgentConfig.class);
    }
}
