package dev.persona.agent;

import dev.persona.agent.cli.PersonaAgent;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;

/**
 * The program: without arguments the agent itself, with any its command line, which starts without the agent's framework.
 *
 * <p>Any, so that a word that was mistyped is answered with what it should be, and doesn't start a second agent.
 */
@QuarkusMain
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        if (arguments.length == 0) {
            Quarkus.run();
        } else {
            PersonaAgent.main(arguments);
        }
    }
}
