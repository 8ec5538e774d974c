package dev.persona.agent.link;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How the agent stands with its server. */
public sealed interface Connection {

    /** How it stands, in one word. */
    @JsonProperty
    State state();

    /** The server's address, as in {@code ws://127.0.0.1:8080/agent}. */
    String server();

    /** Since when the agent has been connected, or has not. */
    Instant since();

    /** How the agent stands with its server, in one word. */
    enum State {
        CONNECTED,
        /** Nobody answers, or the connection was lost. */
        AWAY,
        /** The server is there, but does not take this agent, or closed its connection. */
        REFUSED,
        /** Another agent said hello by the same name, and the server talks to that one. */
        REPLACED;

        @JsonValue
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The server has welcomed this agent. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Connected(String server, Instant since, String serverVersion) implements Connection {
        @Override
        public State state() {
            return State.CONNECTED;
        }
    }

    /**
     * The agent is without its server at present; it tries again and again.
     *
     * @param state any but connected
     * @param reason why the last try or connection ended
     * @param failures tries in a row that came to nothing
     * @param nextTry when the next try begins, absent before the first
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Away(State state, String server, Instant since, String reason, int failures, @Nullable Instant nextTry)
            implements Connection {}
}
