package dev.persona.agent.cli;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Set;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Arguments of the command line that are more than text; one that is wrong ends with what to write instead. */
final class Arguments {
    private static final Set<String> SCHEMES = Set.of("http", "https");

    private Arguments() {}

    /** Where an agent's local API is: {@code http://host}, with a port or without, or {@code host:port}. */
    static final class Address implements ITypeConverter<URI> {
        @Override
        public URI convert(String text) {
            try {
                boolean schemed = text.contains("://");
                URI address = new URI(schemed ? text : "http://" + text);
                boolean bare = address.getHost() != null
                        && SCHEMES.contains(address.getScheme())
                        && address.getPort() <= 65_535
                        && Set.of("", "/").contains(address.getPath())
                        && address.getRawUserInfo() == null
                        && address.getRawQuery() == null
                        && address.getRawFragment() == null;
                if (bare && (schemed || address.getPort() > 0)) {
                    return address.resolve("/");
                }
            } catch (URISyntaxException noAddress) {
                // Said below.
            }
            throw new TypeConversionException(
                    "`" + text + "` is no address of an agent; write it as in 127.0.0.1:8181 or http://127.0.0.1:8181");
        }
    }

    /** A time that an order stands; the agent has its upper bound. */
    static final class Time implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            try {
                Duration time = Duration.parse(text);
                if (!time.isNegative() && !time.isZero()) {
                    return time;
                }
            } catch (DateTimeException noDuration) {
                // Said below.
            }
            throw new TypeConversionException("`" + text
                    + "` is no time that an order could stand; write an ISO-8601 duration, as PT30M, PT1H or P2D");
        }
    }
}
