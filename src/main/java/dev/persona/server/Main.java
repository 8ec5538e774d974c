package dev.persona.server;

import dev.persona.server.platform.StartFailure;
import io.quarkus.runtime.ApplicationLifecycleManager;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The program: the policy server, which takes no arguments. */
@QuarkusMain
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        Quarkus.run(null, Main::ended);
    }

    private static void ended(int exit, @Nullable Throwable failure) {
        if (failure != null) {
            StartFailure.line(failure, property -> ConfigProvider.getConfig().getValue(property, String.class))
                    .ifPresentOrElse(
                            line -> System.err.println("the server can't start: " + line),
                            () -> Logger.getLogger(Main.class).error("the server can't start", failure));
        }
        ApplicationLifecycleManager.getDefaultExitCodeHandler().accept(exit, failure);
    }
}
