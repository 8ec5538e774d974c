package dev.persona.agent.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.persona.agent.protocol.AgentMessage;
import dev.persona.agent.protocol.AgentMessage.Acknowledgement;
import dev.persona.agent.protocol.AgentMessage.Orders;
import dev.persona.agent.protocol.AgentMessage.Report;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private static final Instant NOW = Instant.parse("2026-03-02T08:00:00Z");
    private static final Orders ORDERS = new Orders(List.of(), null);

    private final Outbox outbox = new Outbox();

    @Test
    void only_the_latest_of_each_kind_waits_and_reports_go_last() {
        outbox.put(report(1));
        outbox.put(acknowledgement(1));
        outbox.putOrders();
        outbox.put(report(2));
        outbox.put(acknowledgement(2));
        outbox.putOrders();

        assertThat(sent()).containsExactly(ORDERS, acknowledgement(2), report(2));
    }

    @Test
    void nothing_is_sent_twice_on_one_connection() {
        outbox.put(report(1));
        outbox.put(acknowledgement(1));
        sent();

        assertThat(sent()).isEmpty();
    }

    @Test
    void a_new_connection_hears_the_last_acknowledgement_again_and_the_orders_in_its_hello() {
        outbox.put(acknowledgement(1));
        sent();
        outbox.putOrders();

        outbox.renew();

        assertThat(sent()).containsExactly(acknowledgement(1));
    }

    @Test
    void an_acknowledgement_that_was_overtaken_is_dropped() {
        outbox.put(acknowledgement(2));
        outbox.put(acknowledgement(1));

        assertThat(sent()).containsExactly(acknowledgement(2));
    }

    private List<AgentMessage> sent() {
        List<AgentMessage> sent = new ArrayList<>();
        Optional<AgentMessage> next;
        while ((next = outbox.poll(() -> ORDERS)).isPresent()) {
            sent.add(next.get());
        }
        return sent;
    }

    private static Report report(int number) {
        return new Report(NOW.plusSeconds(number), Map.of("system.cpu.utilization", 0.5), List.of());
    }

    private static Acknowledgement acknowledgement(int revision) {
        return new Acknowledgement(revision, "applied", (long) revision, NOW.plusSeconds(revision), Map.of(), Map.of());
    }
}
