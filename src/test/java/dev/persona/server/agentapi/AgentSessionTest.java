package dev.persona.server.agentapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.persona.server.TurnableClock;
import dev.persona.server.activation.TokenBucket;
import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.PolicyException;
import dev.persona.server.protocol.ServerMessage;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class AgentSessionTest {
    private static final Instant START = Instant.parse("2026-03-02T08:00:00Z");

    private final RecordingPeer peer = new RecordingPeer();
    private final List<String> taken = new ArrayList<>();
    private final Deque<Runnable> work = new ArrayDeque<>();

    @Test
    void frames_are_taken_one_by_one_in_order_by_a_worker() {
        AgentSession session = session((from, frame) -> taken.add(frame), 10);

        session.receive("1", START);
        session.receive("2", START);
        assertThat(taken).isEmpty();
        runWork();

        assertThat(taken).containsExactly("1", "2");
        assertThat(work).isEmpty();
    }

    @Test
    void more_frames_than_may_wait_end_the_connection() {
        AgentSession session = session((from, frame) -> taken.add(frame), 3);

        for (int i = 0; i < 4; i++) {
            session.receive("frame", START);
        }

        assertThat(peer.closed).containsExactly(CloseCode.REFUSED);
    }

    @Test
    void a_refused_frame_is_answered_and_the_connection_stays() {
        AgentSession session = session(refusing(), 10);
        session.greeted("i-1");

        session.receive("bad", START);
        runWork();

        assertThat(peer.sent)
                .containsExactly("{\"type\":\"refusal\",\"code\":\"INVALID_DOCUMENT\",\"detail\":\"no such frame\"}");
        assertThat(peer.closed).isEmpty();
    }

    @Test
    void refused_frames_in_a_row_end_the_connection() {
        AgentSession session = session(refusing(), 10);
        session.greeted("i-1");

        for (String frame : List.of("bad", "bad", "good", "bad", "bad", "bad")) {
            session.receive(frame, START);
        }
        runWork();

        assertThat(peer.sent).hasSize(5);
        assertThat(peer.closed).containsExactly(CloseCode.REFUSED);
    }

    @Test
    void a_refused_hello_ends_the_connection() {
        AgentSession session = session(refusing(), 10);

        session.receive("bad", START);
        runWork();

        assertThat(peer.closed).containsExactly(CloseCode.NO_HELLO);
    }

    @Test
    void a_failure_of_the_server_is_told_without_its_cause() {
        AgentSession session = session(
                (from, frame) -> {
                    throw new IllegalStateException("secret");
                },
                10);
        session.greeted("i-1");

        session.receive("good", START);
        runWork();

        assertThat(peer.sent)
                .containsExactly("{\"type\":\"refusal\",\"code\":\"INTERNAL_FAILURE\","
                        + "\"detail\":\"the server failed to take this frame\"}");
    }

    private AgentSession session(AgentDesk desk, int burst) {
        return new AgentSession(
                peer,
                new Outbox(peer, new ObjectMapper().writerFor(ServerMessage.class)),
                desk,
                work::add,
                new TokenBucket(new TurnableClock(START), 1, burst),
                burst,
                3,
                START);
    }

    private static AgentDesk refusing() {
        return (session, frame) -> {
            if (frame.equals("bad")) {
                throw new PolicyException(ErrorCode.INVALID_DOCUMENT, "no such frame");
            }
        };
    }

    private void runWork() {
        while (!work.isEmpty()) {
            work.remove().run();
        }
    }
}
