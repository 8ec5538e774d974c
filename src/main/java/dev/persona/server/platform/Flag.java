package dev.persona.server.platform;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A query parameter that is {@code true} or {@code false}. */
public final class Flag {
    private Flag() {}

    /** @throws PolicyException INVALID_REQUEST if it is anything else */
    public static Optional<Boolean> read(String parameter, @Nullable String value) {
        if (value == null) {
            return Optional.empty();
        }
        return switch (value) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default ->
                throw new PolicyException(
                        ErrorCode.INVALID_REQUEST,
                        "query parameter `" + parameter + "` must be `true` or `false`, but is `" + Shown.text(value)
                                + "`");
        };
    }
}
