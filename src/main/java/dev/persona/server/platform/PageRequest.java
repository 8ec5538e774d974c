package dev.persona.server.platform;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which page of a list a caller wants.
 *
 * @param limit at most so many items, 1..{@value #LARGEST}
 * @param after the key of the last item that the caller has seen; absent for the first page
 */
public record PageRequest(int limit, Optional<String> after) {
    static final int LARGEST = 500;
    static final int DEFAULT = 100;
    private static final int LONGEST_CURSOR = 1_024;
    private static final String MARK = "after:";

    /**
     * Reads the query parameters {@code limit} and {@code cursor}.
     *
     * @throws PolicyException INVALID_REQUEST if the limit is out of bounds or the cursor is none of ours
     */
    public static PageRequest read(@Nullable String limit, @Nullable String cursor) {
        return new PageRequest(
                limit == null ? DEFAULT : readLimit(limit),
                cursor == null ? Optional.empty() : Optional.of(readCursor(cursor)));
    }

    /** The cursor of a page that begins after an item: to be handed back as it is, its form may change. */
    static String cursor(String key) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString((MARK + key).getBytes(StandardCharsets.UTF_8));
    }

    private static int readLimit(String limit) {
        try {
            int number = Integer.parseInt(limit);
            if (number >= 1 && number <= LARGEST) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below, like a number that is out of bounds.
        }
        throw new PolicyException(
                ErrorCode.INVALID_REQUEST,
                "query parameter `limit` must be a whole number from 1 to " + LARGEST + ", but is `" + Shown.text(limit)
                        + "`");
    }

    private static String readCursor(String cursor) {
        try {
            if (cursor.length() <= LONGEST_CURSOR) {
                String text = StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(Base64.getUrlDecoder().decode(cursor)))
                        .toString();
                if (text.startsWith(MARK)) {
                    return text.substring(MARK.length());
                }
            }
        } catch (IllegalArgumentException | CharacterCodingException e) {
            // Told below, like a cursor that can be decoded but isn't ours.
        }
        throw new PolicyException(
                ErrorCode.INVALID_REQUEST,
                "query parameter `cursor` must be that of a `Link` header, but is `" + Shown.text(cursor) + "`");
    }
}
