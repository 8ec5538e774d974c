package dev.persona.server.agentapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.persona.server.protocol.ServerMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private final RecordingPeer peer = RecordingPeer.slow();
    private final Outbox outbox = new Outbox(
            peer, new ObjectMapper().registerModule(new JavaTimeModule()).writerFor(ServerMessage.class));

    @Test
    void one_frame_is_on_its_way_at_a_time() {
        outbox.send(new ServerMessage.Welcome(1, "0.1.0", Duration.ofSeconds(5)));
        outbox.send(decision(1));
        assertThat(peer.sent).hasSize(1);

        peer.readOne();

        assertThat(peer.sent).hasSize(2);
    }

    @Test
    void a_slow_agent_gets_the_latest_decision_next() {
        outbox.send(decision(1));
        for (int revision = 2; revision <= 1000; revision++) {
            outbox.send(decision(revision));
        }

        peer.readOne();
        peer.readOne();

        assertThat(peer.sent).hasSize(2);
        assertThat(peer.sent.get(1)).contains("\"revision\":1000");
    }

    @Test
    void personas_go_before_the_decision_that_may_name_them() {
        outbox.send(new ServerMessage.Welcome(1, "0.1.0", Duration.ofSeconds(5)));
        outbox.send(decision(1));
        outbox.send(new ServerMessage.Personas(List.of()));

        peer.readOne();
        peer.readOne();

        assertThat(peer.sent.get(1)).contains("\"type\":\"personas\"");
        assertThat(peer.sent.get(2)).contains("\"type\":\"decision\"");
    }

    private static ServerMessage.Decision decision(long revision) {
        return new ServerMessage.Decision(
                revision, Instant.EPOCH, List.of(), Map.of(), new ServerMessage.Automatic(List.of(), Map.of()));
    }
}
