package dev.persona.server.simulation;

import dev.persona.server.decision.Decision;
import java.time.Instant;

/** Who is told how a simulation goes, while it goes. Whatever it throws ends the simulation. */
interface SimulationAudience {

    /** The decision shows something else than the one before. */
    void decided(Decision decision);

    /**
     * One more hundredth of the story is told, or more than one.
     *
     * @param fraction of the time from the story's start to its end that lies behind, in hundredths
     */
    default void progressed(Instant at, double fraction) {}

    /** Asked before each instant. */
    void stillThere();
}
