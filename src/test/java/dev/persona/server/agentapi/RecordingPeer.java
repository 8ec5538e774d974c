package dev.persona.server.agentapi;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The other end of a connection that reads as slowly as a test wants. */
final class RecordingPeer implements Peer {
    final List<String> sent = new ArrayList<>();
    final List<CloseCode> closed = new ArrayList<>();
    private final Deque<CompletableFuture<Void>> unread = new ArrayDeque<>();
    private boolean slow;

    static RecordingPeer slow() {
        RecordingPeer peer = new RecordingPeer();
        peer.slow = true;
        return peer;
    }

    @Override
    public CompletionStage<Void> send(String text) {
        sent.add(text);
        CompletableFuture<Void> reading = new CompletableFuture<>();
        if (slow) {
            unread.add(reading);
        } else {
            reading.complete(null);
        }
        return reading;
    }

    @Override
    public void close(CloseCode code, String reason) {
        closed.add(code);
    }

    /** Reads one frame, so that the next can be sent. */
    void readOne() {
        unread.remove().complete(null);
    }
}
