package dev.persona.server;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;

/** The program: the policy server, which takes no arguments. */
@QuarkusMain
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        Quarkus.run();
    }
}
