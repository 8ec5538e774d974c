package dev.persona.server.event;

/** Who is told of events: the running fleet. */
public interface EventAudience {

    /**
     * Makes sure that there is room for more events.
     *
     * @throws dev.persona.server.platform.PolicyException TOO_MANY if there is none for now
     */
    void requireRoom();

    /**
     * Passes an event on to all instances that it addresses; each takes it in its turn.
     *
     * @return how many instances it addresses
     */
    int tell(TakenEvent event);
}
