package dev.persona.agent.platform;

/**
 * Whose a file is and who may do what with it.
 *
 * @param uid numeric, so that it outlives the user's name
 * @param gid numeric
 * @param mode the permission bits of chmod(2), 0..07777
 */
public record Ownership(int uid, int gid, int mode) {
    /** The bits of {@code st_mode} that chmod(2) sets. */
    public static final int MODE_BITS = 07777;

    public Ownership {
        if (uid < 0 || gid < 0 || mode < 0 || mode > MODE_BITS) {
            throw new IllegalArgumentException(
                    "no ownership of a file: uid " + uid + ", gid " + gid + ", mode " + Integer.toOctalString(mode));
        }
    }
}
