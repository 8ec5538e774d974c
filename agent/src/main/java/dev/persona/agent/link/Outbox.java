package dev.persona.agent.link;

import dev.persona.agent.protocol.AgentMessage;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be sent: at most one message of each kind, however long the server is away.
 *
 * <p>Only the latest counts: an older report would be stale, and orders and acknowledgements describe the present in
 * full. Not thread-safe.
 */
final class Outbox {
    private boolean ordersWait;
    private AgentMessage.@Nullable Acknowledgement acknowledgement;
    private boolean acknowledgementWaits;
    private AgentMessage.@Nullable Report report;

    /** The orders have changed. */
    void putOrders() {
        ordersWait = true;
    }

    /** Takes an acknowledgement unless a later one came first, as may happen with several threads at work. */
    void put(AgentMessage.Acknowledgement next) {
        if (acknowledgement == null || !next.at().isBefore(acknowledgement.at())) {
            acknowledgement = next;
            acknowledgementWaits = true;
        }
    }

    void put(AgentMessage.Report next) {
        report = next;
    }

    /**
     * A hello is about to be sent on a new connection: it says the orders; the last acknowledgement is said again, as
     * nobody knows whether the old connection still carried it.
     */
    void renew() {
        ordersWait = false;
        acknowledgementWaits = acknowledgement != null;
    }

    /** The next message, removed; the most important first. */
    Optional<AgentMessage> poll(Supplier<AgentMessage.Orders> orders) {
        if (ordersWait) {
            ordersWait = false;
            return Optional.of(orders.get());
        }
        if (acknowledgementWaits) {
            acknowledgementWaits = false;
            return Optional.ofNullable(acknowledgement);
        }
        Optional<AgentMessage> next = Optional.ofNullable(report);
        report = null;
        return next;
    }
}
