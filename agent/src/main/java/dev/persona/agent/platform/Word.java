package dev.persona.agent.platform;

import dev.persona.agent.platform.AgentConfig.OnDisconnect;
import dev.persona.agent.platform.AgentConfig.OnDrift;
import dev.persona.agent.platform.AgentConfig.OnStop;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.spi.Converter;

/** A configured word of a few; another one is refused with those that may be written. */
public final class Word {

    private Word() {}

    private static <E extends Enum<E>> E of(Class<E> words, String text) {
        return Arrays.stream(words.getEnumConstants())
                .filter(word -> word.name().equalsIgnoreCase(text.strip()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(Arrays.stream(words.getEnumConstants())
                        .map(word -> "`" + word.name().toLowerCase(Locale.ROOT) + "`")
                        .collect(Collectors.joining(" or ", "write ", ""))));
    }

    /** Of {@code persona.agent.on-drift}. */
    public static final class Drift implements Converter<OnDrift.Reaction> {
        private static final long serialVersionUID = 1L;

        @Override
        public OnDrift.Reaction convert(String text) {
            return of(OnDrift.Reaction.class, text);
        }
    }

    /** Of {@code persona.agent.on-disconnect}. */
    public static final class Disconnect implements Converter<OnDisconnect.Reaction> {
        private static final long serialVersionUID = 1L;

        @Override
        public OnDisconnect.Reaction convert(String text) {
            return of(OnDisconnect.Reaction.class, text);
        }
    }

    /** Of {@code persona.agent.on-stop}. */
    public static final class Stop implements Converter<OnStop> {
        private static final long serialVersionUID = 1L;

        @Override
        public OnStop convert(String text) {
            return of(OnStop.class, text);
        }
    }
}
