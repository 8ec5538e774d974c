package dev.persona.agent.sensor;

import java.util.regex.Pattern;

/** Names of metrics as the server takes them: visible ASCII without quotes and backslashes, of {@value #LONGEST} characters. */
final class MetricName {
    static final int LONGEST = 255;

    private static final Pattern NOT_TAKEN = Pattern.compile("[^\\p{Graph}]|[`\"\\\\]");

    private MetricName() {}

    /** What can't be in a name becomes {@code _}. */
    static String of(String text) {
        return NOT_TAKEN.matcher(text).replaceAll("_");
    }
}
