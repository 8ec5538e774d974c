package dev.persona.agent.link;

import dev.persona.agent.link.Connection.State;
import io.vertx.core.http.UpgradeRejectedException;
import org.jspecify.annotations.Nullable;

/**
 * Why a connection, or a try to make one, has ended.
 *
 * @param state of the agent from now on
 * @param reason for people, fit for one line of a log
 */
record Ending(State state, String reason) {
    private static final int REPLACED = 4001;
    private static final int DELETED = 4006;
    private static final int SERVER_STOPS = 4007;

    static Ending away(String reason) {
        return new Ending(State.AWAY, reason);
    }

    static Ending refused(String reason) {
        return new Ending(State.REFUSED, reason);
    }

    /** Of a connection that could not be made, or broke. */
    static Ending of(Throwable failure) {
        if (failure instanceof UpgradeRejectedException rejected && rejected.getStatus() < 500) {
            return refused("it answers with status " + rejected.getStatus()
                    + "; is `persona.agent.server.url` the address of a policy server?");
        }
        return away(shown(failure.getMessage() == null ? failure.toString() : failure.getMessage()));
    }

    /**
     * Of a connection that was closed.
     *
     * @param status of RFC 6455, section 7.4; absent if the connection was cut
     * @param said the server's own words
     */
    static Ending closed(@Nullable Short status, @Nullable String said, String instanceId) {
        String words = said == null || said.isBlank() ? "" : ": " + shown(said);
        if (status == null || status < REPLACED || status >= 5000) {
            return away("closed with status " + status + words);
        }
        int code = status;
        return switch (code) {
            case REPLACED ->
                new Ending(
                        State.REPLACED,
                        "another agent calls itself `" + instanceId
                                + "`; set `persona.agent.instance-id` to something of its own on one of the two");
            case DELETED -> refused("this instance was deleted on the server");
            case SERVER_STOPS -> away("it stops");
            default -> refused("it closed the connection with status " + status + words);
        };
    }

    /** Text from outside in a form fit for one line of a log. */
    static String shown(String text) {
        String line = text.replaceAll("\\p{Cntrl}+", " ");
        return line.length() <= 200 ? line : line.substring(0, 200) + "…";
    }
}
