package dev.persona.server.platform;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Revisions as entity tags, and what callers ask of them: {@code If-Match} and {@code If-None-Match} (RFC 9110 §13.1).
 *
 * <p>The tag of revision 3 is {@code "3"}.
 */
public final class Revision {
    private static final String TAG = "(?:W/)?\"[\\x21\\x23-\\x7E\\x80-\\xFF]*\"";
    private static final Pattern LIST = Pattern.compile("\\s*,*\\s*" + TAG + "(?:\\s*,\\s*(?:" + TAG + ")?)*\\s*");
    private static final Pattern TAGS = Pattern.compile(TAG);
    private static final int LONGEST = 1_024;

    private Revision() {}

    /** The strong entity tag of a revision. */
    public static String tag(long revision) {
        return "\"" + revision + "\"";
    }

    /** Which revision a caller means to change. */
    @FunctionalInterface
    public interface Expected {

        /** Any revision at all. */
        Expected ANY = revision -> true;

        boolean matches(long revision);

        /**
         * Ends the change of something that has changed since.
         *
         * @param what the thing, as in "persona `night`"
         * @throws PolicyException REVISION_MISMATCH if this isn't the revision that the caller means
         */
        default void verify(String what, long revision) {
            if (!matches(revision)) {
                throw new PolicyException(
                        ErrorCode.REVISION_MISMATCH,
                        what + " is at revision " + revision + ", which `If-Match` doesn't name; read it again");
            }
        }
    }

    /**
     * Reads an {@code If-Match} header; weak tags never match.
     *
     * @param required whether there must be one
     * @throws PolicyException REVISION_REQUIRED, or INVALID_REQUEST if the header can't be read
     */
    public static Expected ifMatch(@Nullable String header, boolean required) {
        if (header == null) {
            if (required) {
                throw new PolicyException(
                        ErrorCode.REVISION_REQUIRED,
                        "header `If-Match` is missing; send the `ETag` that you got when you read it");
            }
            return Expected.ANY;
        }
        if (header.strip().equals("*")) {
            return Expected.ANY;
        }
        check("If-Match", header);
        return revision -> names(header, tag(revision));
    }

    /**
     * Whether an {@code If-None-Match} header names a revision, so that the answer is 304; weak tags match too.
     *
     * @throws PolicyException INVALID_REQUEST if the header can't be read
     */
    public static boolean isKnown(@Nullable String ifNoneMatch, long revision) {
        if (ifNoneMatch == null) {
            return false;
        }
        if (ifNoneMatch.strip().equals("*")) {
            return true;
        }
        check("If-None-Match", ifNoneMatch);
        return names(ifNoneMatch.replace("W/", ""), tag(revision));
    }

    private static void check(String name, String header) {
        if (header.length() > LONGEST || !LIST.matcher(header).matches()) {
            throw new PolicyException(
                    ErrorCode.INVALID_REQUEST,
                    "header `" + name + "` must be `*` or entity tags such as `\"3\"`, but is `" + Shown.text(header)
                            + "`");
        }
    }

    private static boolean names(String header, String tag) {
        return TAGS.matcher(header).results().anyMatch(match -> match.group().equals(tag));
    }
}
