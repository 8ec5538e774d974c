package dev.persona.agent.link;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How the agent stands with its server. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "state")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Connection.Connected.class, name = "connected"),
    @JsonSubTypes.Type(value = Connection.Away.class, name = "away")
})
public sealed interface Connection {

    /** The server's address, as in {@code ws://127.0.0.1:8080/agent}. */
    String server();

    /** When this state began. */
    Instant since();

    /** The server has welcomed this agent. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Connected(String server, Instant since, String serverVersion) implements Connection {}

    /**
     * There is no server at present; the agent tries again and again.
     *
     * @param reason why the last try or connection ended
     * @param failures tries in a row that came to nothing
     * @param nextTry when the next try begins, absent before the first
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Away(String server, Instant since, String reason, int failures, @Nullable Instant nextTry)
            implements Connection {}
}
