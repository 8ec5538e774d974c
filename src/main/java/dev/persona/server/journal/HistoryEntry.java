package dev.persona.server.journal;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Locale;

/**
 * Something that happened to an instance.
 *
 * @param at when it happened; entries of one instance need not be in order of it
 * @param detail an object whose fields depend on the kind
 */
public record HistoryEntry(String instanceId, Instant at, Kind kind, JsonNode detail) {

    /** What happened. */
    public enum Kind {
        /** The instance became known; detail: its tags. */
        REGISTERED,
        /** Its effective tags changed; detail: the new ones. */
        TAGS_CHANGED,
        /** Its agent said hello; detail: host name, agent version, boot id and the revision that the host runs. */
        CONNECTED,
        /** Its agent's connection ended; detail: close code and reason. */
        DISCONNECTED,
        /** Its active personas or its configuration changed; detail: the decision. */
        DECIDED,
        /** Its agent told other pins or another hold than before; detail: all that stand now. */
        ORDERS_CHANGED,
        /** Its agent told what became of a decision; detail: the acknowledgement. */
        ACKNOWLEDGED;

        /** The name in documents and in the database: lower case. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The kind with that name in the database. */
        static Kind ofWord(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }
}
