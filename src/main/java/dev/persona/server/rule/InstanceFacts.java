package dev.persona.server.rule;

import dev.persona.server.persona.Persona;
import dev.persona.server.trigger.Truth;
import java.util.ArrayList;
import java.util.List;

/**
 * The one wide fact that the persona rules look at: everything that is the case on one instance at one instant.
 *
 * <p>Rules that hold {@link #claim} their persona, the one of highest rank first.
 */
public final class InstanceFacts {
    private final Policy policy;
    private final List<Truth> leaves;
    private final List<Standing> standings;
    private final List<Persona> holding = new ArrayList<>();

    /**
     * How a persona stands before the evaluation.
     *
     * @param active whether it is active
     * @param mayEnd whether its {@code minimum_active} has passed
     * @param mayBegin whether its {@code cooldown} has passed
     * @param requested whether a custom rule activates it
     */
    public record Standing(boolean active, boolean mayEnd, boolean mayBegin, boolean requested) {}

    /**
     * Reads both lists whenever a rule asks, and copies neither.
     *
     * @param leaves the truth of each leaf of the policy, in its order
     * @param standings of each persona of the policy, in order of rank
     */
    public InstanceFacts(Policy policy, List<Truth> leaves, List<Standing> standings) {
        this.policy = policy;
        this.leaves = leaves;
        this.standings = standings;
    }

    /** The name of a leaf within rules: {@code t1} for the first. */
    static String leafName(int leaf) {
        return "t" + (leaf + 1);
    }

    boolean holds(int leaf) {
        return leaves.get(leaf) == Truth.TRUE;
    }

    boolean fails(int leaf) {
        return leaves.get(leaf) == Truth.FALSE;
    }

    Standing standing(int persona) {
        return standings.get(persona);
    }

    void claim(Persona persona) {
        holding.add(persona);
    }

    /** The personas claimed so far, in order of claim. */
    List<Persona> holding() {
        return List.copyOf(holding);
    }

    // What follows is for the text form of the rules, which calls things by name.

    /** Whether a trigger, {@code t1} or the like, is known to be true. */
    public boolean holds(String leaf) {
        return holds(Integer.parseInt(leaf.substring(1)) - 1);
    }

    /** Whether a trigger is known to be false. */
    public boolean fails(String leaf) {
        return fails(Integer.parseInt(leaf.substring(1)) - 1);
    }

    /** Whether a persona is active. */
    public boolean active(String personaId) {
        return standing(policy.rank(personaId)).active();
    }

    /** Whether the {@code minimum_active} of a persona has passed. */
    public boolean mayEnd(String personaId) {
        return standing(policy.rank(personaId)).mayEnd();
    }

    /** Whether the {@code cooldown} of a persona has passed. */
    public boolean mayBegin(String personaId) {
        return standing(policy.rank(personaId)).mayBegin();
    }

    /** Whether a custom rule activates a persona. */
    public boolean requested(String personaId) {
        return standing(policy.rank(personaId)).requested();
    }

    /** Makes a persona active, and claims each of its parameters that none of higher rank has claimed. */
    public void claim(String personaId) {
        claim(policy.personas().get(policy.rank(personaId)));
    }
}
