package dev.persona.agent.platform;

import io.quarkus.runtime.configuration.ConfigurationException;

/** Configured values between a smallest and a largest one, both included. */
public final class Bounds {

    private Bounds() {}

    /**
     * @param property the configuration's key
     * @throws ConfigurationException if the value is out of bounds; it names the property and both bounds
     */
    public static <T extends Comparable<T>> void check(String property, T value, T smallest, T largest) {
        if (value.compareTo(smallest) < 0 || value.compareTo(largest) > 0) {
            throw new ConfigurationException(
                    "`" + property + "` is `" + value + "`; set it to " + smallest + " to " + largest);
        }
    }
}
