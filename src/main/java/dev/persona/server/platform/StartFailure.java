package dev.persona.server.platform;

import io.quarkus.runtime.QuarkusBindException;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.ConfigValidationException;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What keeps the server from starting and its operator can mend, in a line that names the thing and the remedy. */
public final class StartFailure {
    /** H2's {@code DATABASE_ALREADY_OPEN_1}. */
    private static final int IN_USE = 90_020;

    private StartFailure() {}

    /**
     * @param configuration gives the value of a property; asked only when the configuration could be read
     * @return the line; empty if the failure is the program's own, of which the stack trace tells more
     */
    public static Optional<String> line(Throwable failure, UnaryOperator<String> configuration) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof QuarkusBindException taken) {
                return Optional.of("port " + taken.getPort() + " of `" + taken.getHost() + "` can't be opened: "
                        + taken.getMessage().replaceAll(".*: ", "") + "; stop the program that has it (`ss -ltnp`"
                        + " names it), or set `quarkus.http.port` to another one");
            }
            if (cause instanceof ConfigurationException || cause instanceof ConfigValidationException) {
                return Optional.of(cause.getMessage());
            }
            if (cause instanceof SQLException refusal && isOfOpening(refusal)) {
                return Optional.of(opening(refusal, configuration));
            }
        }
        return Optional.empty();
    }

    /** Whether a database could not be opened: SQLSTATE classes of connections, logins and names, and H2's of its files. */
    private static boolean isOfOpening(SQLException refusal) {
        return refusal.getSQLState() != null && refusal.getSQLState().matches("(08|28|3D).*|900(20|28|31|62|97)");
    }

    private static String opening(SQLException refusal, UnaryOperator<String> configuration) {
        String url = configuration.apply("quarkus.datasource.jdbc.url");
        if (!url.startsWith("jdbc:h2:")) {
            // Without its parameters, among which a password may be.
            return "the database `" + url.replaceAll("\\?.*", "") + "` can't be opened: " + oneLine(refusal)
                    + "; does it run, and are `quarkus.datasource.jdbc.url`, `.username` and `.password` right?";
        }
        String folder = configuration.apply("persona.data.dir");
        return refusal.getErrorCode() == IN_USE
                ? "another server is at work on the database in `" + folder
                        + "`; stop it, or give this one a folder of its own in `persona.data.dir`"
                : "the database in `" + folder + "` can't be opened: " + oneLine(refusal)
                        + "; set `persona.data.dir` to a folder that the server's user may write in";
    }

    private static String oneLine(SQLException refusal) {
        return String.valueOf(refusal.getMessage()).replaceAll("\\s+", " ");
    }
}
