package dev.persona.agent.applier;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.agent.platform.Snapshot;
import java.io.IOException;

/**
 * One family of parameters: how each is read, applied, verified and restored on the host.
 *
 * <p>Values arrive canonical: bytes, bit/s and cores are numbers, {@code max} is a word. Absent is a value too, where the
 * host can have none. A call is asked only about a parameter that the family covers and the host supports, except {@link
 * #restore}: what a parameter was when it was supported can be asked for later, when it isn't.
 *
 * <p>INVARIANT: {@code restore(p, s)} after any number of {@code apply(p, ...)} leaves the host as it was when {@code
 * read(p)} gave {@code s}.
 */
public interface Applier {

    /** Whether the parameter is of this family, by its name alone. */
    boolean covers(String parameter);

    /** Whether this host has the parameter and lets it be changed and put back. */
    Support support(String parameter) throws IOException;

    /** What stands on the host now. */
    Snapshot read(String parameter) throws IOException;

    /**
     * Makes a value hold.
     *
     * @throws UnusableValueException if the parameter can't take such a value; nothing was changed
     */
    void apply(String parameter, JsonNode value) throws IOException;

    /**
     * Whether a value holds. What the kernel rounds or writes in another way counts as the same.
     *
     * @throws UnusableValueException if the parameter can't take such a value
     */
    Verification verify(String parameter, JsonNode value) throws IOException;

    /** Puts back what {@link #read} gave. Something that is gone from the host took its value with it: nothing to do. */
    void restore(String parameter, Snapshot original) throws IOException;

    /** Whether a boot of the host undoes what was applied, so that the value before is no longer the original. */
    boolean isResetAtBoot(String parameter);

    /**
     * Whether applying does more than what can be read back, such as a reload: then an interruption can have left the
     * value in place and the rest undone.
     */
    default boolean hasFurtherEffects(String parameter) {
        return false;
    }

    /**
     * What on the host a parameter sets. Parameters of one place, between which the kernel lets choose, have one original
     * together, and one at a time can be wanted.
     */
    default String place(String parameter) {
        return parameter;
    }

    /**
     * Where a change belongs among those of one transition; lower goes first.
     *
     * @param from what the host shows now
     * @param to the value or original to come, as text
     */
    default int precedence(String parameter, String from, String to) {
        return 0;
    }
}
