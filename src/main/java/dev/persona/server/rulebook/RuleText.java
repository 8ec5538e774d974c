package dev.persona.server.rulebook;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;

/**
 * The text of a rule document at one of its revisions.
 *
 * @param revision 1 for a new one, one more with each other text; 0 for what was never in force
 */
record RuleText(String name, Origin origin, long revision, String drl, Instant createdAt, Instant updatedAt) {

    /** Where a rule document comes from, and is to be changed. */
    enum Origin {
        SHIPPED,
        DIRECTORY,
        API;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The next revision. */
    RuleText with(String otherDrl, Instant at) {
        return new RuleText(name, origin, revision + 1, otherDrl, createdAt, at);
    }

    /** SHA-256 of the text. */
    String digest() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(drl.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is missing", e);
        }
    }
}
