package dev.persona.server.agentapi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.persona.server.protocol.ServerMessage;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What waits to be sent to one agent.
 *
 * <p>One frame is on its way at a time. A newer message replaces a waiting one of the same kind, so that a slow agent
 * gets the latest decision next and holds but few messages in the server's memory. Refusals are each of another frame, so
 * some of them may wait.
 */
final class Outbox {
    private final Peer peer;
    private final ObjectWriter writer;
    private final NavigableMap<Kind, Deque<ServerMessage>> waiting = new TreeMap<>();
    private boolean sending;

    /** The kinds of message, in the order in which they are sent. */
    private enum Kind {
        WELCOME(1),
        PERSONAS(1),
        DECISION(1),
        REFUSAL(10);

        private final int maximumWaiting;

        Kind(int maximumWaiting) {
            this.maximumWaiting = maximumWaiting;
        }

        static Kind of(ServerMessage message) {
            if (message instanceof ServerMessage.Welcome) {
                return WELCOME;
            }
            if (message instanceof ServerMessage.Personas) {
                return PERSONAS;
            }
            return message instanceof ServerMessage.Decision ? DECISION : REFUSAL;
        }
    }

    /** @param writer writes server messages */
    Outbox(Peer peer, ObjectWriter writer) {
        this.peer = peer;
        this.writer = writer;
    }

    /** Sends a message, after those that wait. */
    synchronized void send(ServerMessage message) {
        Kind kind = Kind.of(message);
        Deque<ServerMessage> queue = waiting.computeIfAbsent(kind, absent -> new ArrayDeque<>());
        if (queue.size() == kind.maximumWaiting) {
            queue.remove();
        }
        queue.add(message);
        sendNext();
    }

    private synchronized void sent() {
        sending = false;
        sendNext();
    }

    private void sendNext() {
        if (sending || waiting.isEmpty()) {
            return;
        }
        sending = true;
        Deque<ServerMessage> first = waiting.firstEntry().getValue();
        ServerMessage next = first.remove();
        if (first.isEmpty()) {
            waiting.pollFirstEntry();
        }
        peer.send(text(next)).whenComplete((done, failure) -> {
            if (failure == null) {
                sent();
            }
        });
    }

    private String text(ServerMessage message) {
        try {
            return writer.writeValueAsString(message);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a server message can't be written as JSON", e);
        }
    }
}
